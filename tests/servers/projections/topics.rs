//! Cases of aggregates that share the base of their topics.

#![allow(clippy::trivially_copy_pass_by_ref)]

use std::collections::BTreeMap;

use es::notification_log::{NotificationLog, NotificationMapper};
use es::projections::{MemoryReadModel, MemoryTransaction, Runner, Running};
use es::{Aggregate, Application, Discarded, EventHeader, aggregate, projection};
use uuid::Uuid;

use super::domain::{application, head};
use super::store::LONG;

/// A book.
#[aggregate(base = "shop#Root")]
pub(crate) struct Book {
    #[attribute]
    title: String,
}

/// A record, with the same base and events of the same shapes.
#[aggregate(base = "shop#Root")]
pub(crate) struct Record {
    #[attribute]
    title: String,
}

/// A shelf, with the same base and events of other shapes.
#[aggregate(base = "shop#Root")]
pub(crate) struct Shelf {
    #[attribute]
    metres: u32,
}

type Titles = BTreeMap<Uuid, Vec<String>>;
type Model = MemoryReadModel<Titles>;

/// A projection of books and shelves.
struct InTitles;

#[projection(aggregates(Book, Shelf), name = "titles")]
impl InTitles {
    #[subscribe_to(BookCreated)]
    fn created(
        &self,
        event: &BookCreated,
        header: &EventHeader,
        titles: &mut MemoryTransaction<Titles>,
    ) {
        titles.insert(header.originator_id, vec![event.title.clone()]);
    }

    #[subscribe_to(BookAttribute)]
    fn changed(
        &self,
        event: &BookAttribute,
        header: &EventHeader,
        titles: &mut MemoryTransaction<Titles>,
    ) {
        let BookAttribute::Title(title) = event;
        let of_book = titles.entry(header.originator_id).or_default();
        of_book.push(title.clone());
    }

    #[subscribe_to(ShelfCreated)]
    fn built(
        &self,
        event: &ShelfCreated,
        header: &EventHeader,
        titles: &mut MemoryTransaction<Titles>,
    ) {
        titles.insert(header.originator_id, vec![event.metres.to_string()]);
    }

    #[subscribe_to(ShelfAttribute)]
    fn grown(
        &self,
        event: &ShelfAttribute,
        header: &EventHeader,
        titles: &mut MemoryTransaction<Titles>,
    ) {
        let ShelfAttribute::Metres(metres) = event;
        let of_shelf = titles.entry(header.originator_id).or_default();
        of_shelf.push(metres.to_string());
    }

    #[subscribe_to(Discarded)]
    fn discarded(
        &self,
        _: &Discarded,
        header: &EventHeader,
        titles: &mut MemoryTransaction<Titles>,
    ) {
        let of_any = titles.entry(header.originator_id).or_default();
        of_any.push("discarded".to_owned());
    }
}

/// The source of the first events of sequences.
#[derive(Clone, Copy)]
enum Following {
    Application,
    Log,
}

async fn start(app: &Application, model: &Model, following: Following) -> Running<Model> {
    let runner = match following {
        Following::Application => Runner::new(InTitles, model.clone(), app).expect("a log"),
        Following::Log => {
            let log = app.notification_log().expect("a log");
            let mapper = NotificationMapper::from(app.event_store());
            Runner::following(InTitles, model.clone(), log, mapper)
        }
    };
    runner.start().await.expect("the runner starts")
}

async fn settle(app: &Application, running: &Running<Model>) {
    let last = head(app).await;
    running
        .wait_for(last, LONG)
        .await
        .expect("the runner reaches the position");
    let letters = running.dead_letters(10).await.expect("read");
    assert_eq!(letters, [], "nothing is wrong with others' events");
}

async fn shared_base(following: Following) {
    let folder = tempfile::tempdir().expect("a directory");
    let app = application(folder.path()).await;
    let (mut book, mut record, mut shelf) = (
        Book::create("one").expect("created"),
        Record::create("two").expect("created"),
        Shelf::create(3).expect("created"),
    );
    app.save(&mut record).await.expect("saved");
    app.save(&mut book).await.expect("saved");
    app.save(&mut shelf).await.expect("saved");
    let model = Model::default();
    let running = start(&app, &model, following).await;
    settle(&app, &running).await;
    running.stop().await.expect("the runner stops");
    // A new runner has not seen the first events.
    let running = start(&app, &model, following).await;
    record.set_title("two, again").expect("set");
    app.save(&mut record).await.expect("saved");
    shelf.set_metres(4).expect("set");
    app.save(&mut shelf).await.expect("saved");
    book.set_title("one, again").expect("set");
    app.save(&mut book).await.expect("saved");
    record.discard().expect("discarded");
    app.save(&mut record).await.expect("saved");
    book.discard().expect("discarded");
    app.save(&mut book).await.expect("saved");
    settle(&app, &running).await;
    running.stop().await.expect("the runner stops");
    let expected = Titles::from([
        (
            book.id(),
            vec!["one".into(), "one, again".into(), "discarded".into()],
        ),
        (shelf.id(), vec!["3".into(), "4".into()]),
    ]);
    assert_eq!(*model.read().await, expected);
}

pub(crate) async fn shared_base_of_application() {
    shared_base(Following::Application).await;
}

pub(crate) async fn shared_base_of_log() {
    shared_base(Following::Log).await;
}

pub(crate) async fn others_created() {
    let folder = tempfile::tempdir().expect("a directory");
    let app = application(folder.path()).await;
    let mut record = Record::create("two").expect("created");
    app.save(&mut record).await.expect("saved");
    let section = es::notification_log::SectionRequest::current();
    let log = app.notification_log().expect("a log");
    let section = log.section(section).await.expect("a section");
    let mapper = NotificationMapper::from(app.event_store());
    mapper
        .event::<Record>(&section.items[0])
        .expect("it is one");
    let other = mapper
        .event::<Book>(&section.items[0])
        .expect_err("no book");
    assert!(matches!(other, es::Error::WrongType { .. }), "{other}");
}
