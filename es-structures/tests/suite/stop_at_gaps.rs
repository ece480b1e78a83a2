//! Notification logs over big arrays that stop at gaps.

use std::sync::Arc;
use std::time::Duration;

use es_core::notification_log::{
    NotificationLog, NotificationReader, Section, SectionRequest, SectionSize,
};
use es_store::RecordId;
use es_structures::{ArrayItem, ArrayNotificationLog, BigArray, Reference, Settler};
use uuid::Uuid;

use crate::store::{memory, size};

type References = BigArray<Option<Reference>>;

fn reference(position: u64) -> Reference {
    Reference {
        sequence_id: Uuid::nil(),
        position: i64::try_from(position).unwrap(),
    }
}

async fn fill(array: &References, positions: impl IntoIterator<Item = u64>) {
    for position in positions {
        let item = Some(reference(position));
        array.assign(position, item).await.unwrap();
    }
}

async fn settle(array: &References) -> u64 {
    let mut settler = Settler::new(array.clone(), Duration::ZERO);
    settler.settle().await.unwrap().tombstones
}

fn log(array: &References) -> ArrayNotificationLog {
    let sections = SectionSize::new(5).unwrap();
    let log = ArrayNotificationLog::new(Arc::new(array.clone()), sections).unwrap();
    log.poll_every(Duration::from_millis(10))
}

/// Reads the available items: each number, with the position of the reference, or `None` for a
/// tombstone or hole.
async fn read(reader: &mut NotificationReader<ArrayItem>) -> Vec<(u64, Option<i64>)> {
    let items = reader.read().await.unwrap();
    let items = items.iter().map(|item| {
        let reference = item.reference().unwrap();
        (
            item.record_id.get(),
            reference.map(|reference| reference.position),
        )
    });
    items.collect()
}

fn numbered(positions: std::ops::Range<u64>) -> Vec<(u64, Option<i64>)> {
    positions
        .map(|position| (position + 1, i64::try_from(position).ok()))
        .collect()
}

#[tokio::test]
async fn a_reader_waits_at_a_hole_until_it_is_filled_or_settled() {
    let array = References::new(memory(), Uuid::new_v4(), size(10));
    fill(&array, (0..7).chain(8..23).chain(24..31)).await;
    let mut reader = NotificationReader::new(log(&array).stop_at_gaps());
    assert_eq!(read(&mut reader).await, numbered(0..7));
    assert_eq!(reader.position(), RecordId::new(7));
    assert_eq!(read(&mut reader).await, []);

    // The writer of 7 comes late; that of 23 never.
    fill(&array, [7]).await;
    assert_eq!(read(&mut reader).await, numbered(7..23));
    assert_eq!(settle(&array).await, 1);
    let mut rest = vec![(24, None)];
    rest.extend(numbered(24..31));
    assert_eq!(read(&mut reader).await, rest);
}

#[tokio::test]
async fn without_stop_at_gaps_a_reader_passes_holes_and_tombstones() {
    let array = References::new(memory(), Uuid::new_v4(), size(10));
    fill(&array, [0, 2, 4]).await;
    let expected = [
        (1, Some(0)),
        (2, None),
        (3, Some(2)),
        (4, None),
        (5, Some(4)),
    ];
    assert_eq!(
        read(&mut NotificationReader::new(log(&array))).await,
        expected
    );
    settle(&array).await;
    assert_eq!(
        read(&mut NotificationReader::new(log(&array))).await,
        expected
    );
}

async fn section(log: &ArrayNotificationLog, request: SectionRequest) -> Section<ArrayItem> {
    log.section(request).await.unwrap()
}

#[tokio::test]
async fn sections_end_before_the_first_hole_and_none_begins_after_it() {
    for hole in [0, 1, 4, 5, 9, 10, 12] {
        let array = References::new(memory(), Uuid::new_v4(), size(10));
        fill(&array, (0..20).filter(|position| *position != hole)).await;
        let log = log(&array).stop_at_gaps();
        let mut numbers = Vec::new();
        for number in [1, 6, 11, 16] {
            let section = section(&log, SectionRequest::containing(number)).await;
            // A section is archived if all of it is before the hole.
            assert_eq!(
                section.is_archived(),
                section.id.last().get() <= hole,
                "{hole} {number}"
            );
            numbers.extend(section.items.iter().map(|item| item.record_id.get()));
        }
        assert!(numbers.into_iter().eq(1..=hole), "{hole}");
        let current = section(&log, SectionRequest::current()).await;
        assert!(
            current.id.contains(hole.max(1).into()),
            "{hole}: {}",
            current.id
        );
    }
}

#[tokio::test]
async fn the_json_of_a_tombstone_is_null_and_its_section_never_changes_again() {
    let array = References::new(memory(), Uuid::new_v4(), size(10));
    fill(&array, [0, 1, 3, 4]).await;
    let first = SectionRequest::containing(1);
    let with_hole = section(&log(&array), first).await;
    assert!(with_hole.is_archived() && !with_hole.is_final());
    settle(&array).await;
    let settled = section(&log(&array).stop_at_gaps(), first).await;
    assert!(settled.is_final());
    assert_eq!(settled.to_json(), with_hole.to_json());
    assert!(settled.to_json().contains("},null,{"));

    // A remote reader parses the JSON.
    let remote = Section::<ArrayItem>::from_json(&settled.to_json()).unwrap();
    let references = remote.items.iter().map(|item| item.reference().unwrap());
    let expected = [Some(0), Some(1), None, Some(3), Some(4)].map(|it| it.map(reference));
    assert!(references.eq(expected));
}

#[tokio::test]
async fn a_log_that_stops_from_a_position_passes_the_holes_below() {
    let array = References::new(memory(), Uuid::new_v4(), size(10));
    fill(&array, [0, 2, 3, 5]).await;
    let mut reader = NotificationReader::new(log(&array).stop_at_gaps_from(3));
    let expected = [(1, Some(0)), (2, None), (3, Some(2)), (4, Some(3))];
    assert_eq!(read(&mut reader).await, expected);
    // A log that starts beyond the end returns all items.
    let mut reader = NotificationReader::new(log(&array).stop_at_gaps_from(100));
    assert_eq!(read(&mut reader).await.len(), 6);
}

#[tokio::test]
async fn a_follower_is_woken_when_a_hole_is_settled() {
    let array = References::new(memory(), Uuid::new_v4(), size(10));
    fill(&array, [0, 2]).await;
    let mut following = NotificationReader::new(log(&array).stop_at_gaps()).follow();
    assert_eq!(
        following.next().await.unwrap().unwrap().record_id,
        RecordId::new(1)
    );
    let waits = tokio::time::timeout(Duration::from_millis(60), following.next()).await;
    assert!(waits.is_err(), "it waits at the hole: {waits:?}");
    settle(&array).await;
    let tombstone = following.next().await.unwrap().unwrap();
    assert_eq!(
        (tombstone.record_id, tombstone.reference().unwrap()),
        (RecordId::new(2), None)
    );
    assert_eq!(
        following.next().await.unwrap().unwrap().record_id,
        RecordId::new(3)
    );
}
