//! Tests of reading and following notification logs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use es::event_store::Mapper;
use es::notification_log::{
    LocalNotificationLog, NotificationLog, NotificationMapper, NotificationReader, Numbered,
    Section, SectionRequest, SectionSize,
};
use es::store::{MemoryRecordManager, RecordManager, SequencedItem, Table, TableAdministration};
use es::structures::{ArrayItem, ArrayNotificationLog, Reference};
use es::{Aggregate, Application, Error, Position, RecordId, Topic};
use tokio::time::timeout;
use uuid::Uuid;

use super::fake_array::FakeArray;
use crate::world::World;

const SOON: Duration = Duration::from_secs(60);

fn small(size: u64) -> SectionSize {
    SectionSize::new(size).unwrap()
}

async fn table(items: i64) -> Arc<MemoryRecordManager> {
    let table = Arc::new(MemoryRecordManager::new(Table::stored_events()));
    add(&table, 0..items).await;
    table
}

async fn add(table: &MemoryRecordManager, positions: std::ops::Range<i64>) {
    let item = |position| SequencedItem {
        sequence_id: Uuid::nil(),
        position: Position::Integer(position),
        topic: Topic::new("T"),
        data: "{}".into(),
    };
    table.append(positions.map(item).collect()).await.unwrap();
}

fn numbers<N: Numbered>(items: &[N]) -> Vec<u64> {
    items.iter().map(|item| item.record_id().get()).collect()
}

fn links<N>(section: &Section<N>) -> (String, usize, bool, bool) {
    (
        section.id.to_string(),
        section.items.len(),
        section.previous.is_some(),
        section.next.is_some(),
    )
}

#[tokio::test]
async fn the_current_section_is_empty_only_if_the_log_is_empty() {
    let log = |count| async move {
        let log = LocalNotificationLog::new(table(count).await).unwrap();
        let request = SectionRequest::current().with_size(small(5));
        links(&log.section(request).await.unwrap())
    };
    assert_eq!(log(0).await, ("1,5".into(), 0, false, false));
    assert_eq!(log(4).await, ("1,5".into(), 4, false, false));
    assert_eq!(log(5).await, ("1,5".into(), 5, false, true));
    assert_eq!(log(6).await, ("6,10".into(), 1, true, false));
}

#[tokio::test]
async fn a_section_beyond_the_end_is_empty_and_linked_backwards() {
    let log = LocalNotificationLog::new(table(4).await).unwrap();
    for number in [900, i64::MAX as u64] {
        let section = log
            .section(SectionRequest::containing(number))
            .await
            .unwrap();
        assert_eq!((section.items.len(), section.next), (0, None));
        assert!(section.previous.is_some());
    }
}

#[tokio::test]
async fn reading_continues_after_a_gap() {
    let table = table(30).await;
    for deleted in (4..=16).chain([19]) {
        table
            .delete_record(Uuid::nil(), Position::Integer(deleted))
            .await
            .unwrap();
    }
    let log = LocalNotificationLog::new(table.clone()).unwrap();
    let mut reader = NotificationReader::new(log).section_size(Some(small(5)));
    let expected: Vec<_> = (1..=4).chain([18, 19]).chain(21..=30).collect();
    assert_eq!(numbers(&reader.read().await.unwrap()), expected);
    reader.seek(0);
    assert_eq!(
        numbers(&reader.read_at_most(6).await.unwrap()),
        expected[..6]
    );
    let mut slice = reader.slice(2..18);
    let mut sliced = Vec::new();
    while let Some(item) = slice.next().await {
        sliced.push(item.unwrap());
    }
    assert_eq!(numbers(&sliced), [3, 4, 18]);
    add(&table, 100..101).await;
    reader.seek(30);
    assert_eq!(numbers(&reader.read().await.unwrap()), [31]);
}

#[tokio::test]
async fn despite_gaps_all_other_events_are_read_once_in_order() {
    for missing in 0..1_u32 << 7 {
        // The last record exists; records deleted at the end were never read.
        let table = table(8).await;
        let is_missing = |position: i64| position < 7 && missing & (1 << position) != 0;
        for position in (0..8).filter(|position| is_missing(*position)) {
            let position = Position::Integer(position);
            table.delete_record(Uuid::nil(), position).await.unwrap();
        }
        let left: Vec<u64> = (1..=8)
            .filter(|number| !is_missing(*number - 1))
            .map(i64::cast_unsigned)
            .collect();
        for size in 1..=5 {
            let log = LocalNotificationLog::new(table.clone()).unwrap();
            let mut reader = NotificationReader::new(log).section_size(Some(small(size)));
            for start in 0..=8 {
                reader.seek(start);
                let expected: Vec<_> = left.iter().copied().filter(|id| *id > start).collect();
                let first = reader.read_at_most(2).await.unwrap();
                let rest = reader.read().await.unwrap();
                assert_eq!([numbers(&first), numbers(&rest)].concat(), expected);
                assert_eq!(first.len(), expected.len().min(2));
                assert_eq!(reader.position(), RecordId::new(8));
            }
        }
    }
}

#[tokio::test]
async fn a_reader_continues_after_its_last_read() {
    let table = table(7).await;
    let log = LocalNotificationLog::new(table.clone()).unwrap();
    let mut reader = NotificationReader::new(log).section_size(Some(small(5)));
    assert_eq!(numbers(&reader.read_at_most(6).await.unwrap()).len(), 6);
    add(&table, 7..12).await;
    assert_eq!(
        numbers(&reader.read().await.unwrap()),
        [7, 8, 9, 10, 11, 12]
    );
    assert!(reader.next().await.is_none());
    add(&table, 12..13).await;
    assert_eq!(
        reader.next().await.unwrap().unwrap().record_id,
        RecordId::new(13)
    );
}

#[tokio::test]
async fn a_table_without_record_ids_has_no_log() {
    let table = Arc::new(MemoryRecordManager::new(Table::snapshots()));
    assert!(matches!(
        LocalNotificationLog::new(table),
        Err(Error::Store(_))
    ));
}

#[tokio::test]
async fn a_follower_is_woken_by_save() {
    let app = Application::builder().uri("memory:").open().await.unwrap();
    let log = app.notification_log().unwrap();
    // Polling would be too late.
    let log = log.poll_every(Duration::from_secs(3_600));
    let mut following = NotificationReader::new(log).follow();
    let writer = tokio::spawn(async move {
        let mut world = World::create("gods").unwrap();
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            world.make_it_so("more").unwrap();
            app.save(&mut world).await.unwrap();
        }
        app
    });
    for number in 1..=51 {
        let next = timeout(SOON, following.next())
            .await
            .expect("woken in time");
        assert_eq!(next.unwrap().unwrap().record_id, RecordId::new(number));
    }
    assert_eq!(following.position(), RecordId::new(51));
    writer.await.unwrap();
}

#[tokio::test]
async fn a_follower_reads_events_of_other_handles() {
    let table = table(2).await;
    let log = LocalNotificationLog::new(table.clone()).unwrap();
    let log = log.poll_every(Duration::from_millis(5));
    let mut following = NotificationReader::new(log).follow();
    for _ in 0..2 {
        following.next().await.unwrap().unwrap();
    }
    let next = timeout(Duration::from_millis(30), following.next()).await;
    assert!(next.is_err(), "nothing has happened");
    add(&table, 2..3).await;
    let next = timeout(SOON, following.next()).await.unwrap();
    assert_eq!(next.unwrap().unwrap().record_id, RecordId::new(3));
}

#[tokio::test]
async fn requests_to_a_failing_log_pause_between_attempts() {
    let table = table(1).await;
    let log = LocalNotificationLog::new(table.clone()).unwrap();
    let mut following = NotificationReader::new(log).follow();
    table.close().await.unwrap();
    let begin = Instant::now();
    for _ in 0..2 {
        assert!(matches!(following.next().await, Some(Err(Error::Closed))));
    }
    assert!(begin.elapsed() > Duration::from_millis(100));
    assert_eq!(following.position(), RecordId::ZERO);
}

#[tokio::test]
async fn notifications_decode_to_events_with_the_key_and_the_salt() {
    let key = es::cipher::encode_random_bytes(32).unwrap();
    let app = Application::builder()
        .uri("memory:")
        .cipher_key(key)
        .salt("pepper")
        .open()
        .await
        .unwrap();
    let mut world = World::create("gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    app.save(&mut world).await.unwrap();
    let mut reader = NotificationReader::new(app.notification_log().unwrap());
    let read = reader.read().await.unwrap();
    let mapper = NotificationMapper::from(app.event_store());
    let stored = app.events::<World>(world.id()).await.unwrap();
    for (notification, event) in read.iter().zip(&stored) {
        assert!(notification.is_of::<World>());
        let made = mapper.event::<World>(notification).unwrap();
        assert_eq!((made.header(), made.text()), (event.header(), event.text()));
    }
    let stranger = NotificationMapper::new(Mapper::new(), app.event_store().salt().clone());
    let error = stranger.event::<World>(&read[0]).unwrap_err();
    assert!(error.to_string().contains("notification 1"), "{error}");
    let unsalted = NotificationMapper::new(app.event_store().mapper().clone(), "".into());
    let error = unsalted.event::<World>(&read[1]).unwrap_err();
    assert!(matches!(error, Error::Integrity(_)), "{error}");
}

#[tokio::test]
async fn references_lead_to_their_events() {
    let app = Application::builder().uri("memory:").open().await.unwrap();
    let mut world = World::create("gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    let references: Vec<_> = world.pending_events().iter().map(Reference::from).collect();
    app.save(&mut world).await.unwrap();
    let items = references
        .iter()
        .map(|reference| Some(es::json::to_string(reference).unwrap().into()));
    let array = FakeArray::new(10, items.chain([None]).collect());
    let log = ArrayNotificationLog::new(array, small(5)).unwrap();
    let mut reader: NotificationReader<ArrayItem> = NotificationReader::new(log);
    let read = reader.read().await.unwrap();
    assert_eq!(numbers(&read), [1, 2, 3]);
    assert_eq!(reader.position(), RecordId::new(3));
    for (item, expected) in read.iter().zip(&references) {
        let reference = item.reference().unwrap().unwrap();
        assert_eq!(reference, *expected);
        let event = reference.event::<World>(app.event_store()).await.unwrap();
        assert_eq!(Reference::from(&event.unwrap()), *expected);
        let item = reference.item(app.event_store()).await.unwrap();
        assert_eq!(item.unwrap().sequence_id, world.id());
    }
    assert_eq!(read[2].reference().unwrap(), None, "a hole");
}

#[tokio::test]
async fn a_filled_hole_is_read_after_seeking_back() {
    let items = [Some("1".into()), None, Some(r#""three""#.into())];
    let array = FakeArray::new(4, items.into());
    let log = ArrayNotificationLog::new(array.clone(), small(2)).unwrap();
    let mut reader: NotificationReader<ArrayItem> = NotificationReader::new(log);
    let json = |items: &[ArrayItem]| {
        let texts = items.iter().map(|item| item.json.as_deref());
        texts
            .map(|text| text.unwrap_or("-").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(json(&reader.read().await.unwrap()), ["1", "-", "\"three\""]);
    array.items.lock().unwrap()[1] = Some("2".into());
    reader.seek(1);
    assert_eq!(json(&reader.read().await.unwrap()), ["2", "\"three\""]);
}

#[test]
fn sections_lie_within_the_arrays() {
    let array = FakeArray::new(10, Vec::new());
    assert!(ArrayNotificationLog::new(array.clone(), small(5)).is_ok());
    assert!(ArrayNotificationLog::new(array, small(3)).is_err());
}
