//! Tests of an application on `SQLite`: saving, loading, conflicts, closing.

use std::sync::Arc;

use es::store::{MemoryRecordManager, Table};
use es::{Aggregate, Application, Error, Mutate, Retry, Version, aggregate, event, retry};
use uuid::Uuid;

use crate::saved::{memory, saved};
use crate::world::{SomethingHappened, World};

#[tokio::test]
async fn saved_aggregates_are_found_in_current_and_earlier_states() {
    let app = memory().await;
    let world = saved(&app, &["dinosaurs", "trucks"]).await;
    let found: World = app.get(world.id()).await.unwrap();
    assert_eq!(found.head(), world.head());
    assert_eq!(
        (found.version(), found.created_on()),
        (world.version(), world.created_on())
    );
    assert_eq!(found.last_modified(), world.last_modified());
    assert!(found.pending_events().is_empty());
    for (version, history) in [(0, 0), (1, 1), (2, 2), (99, 2)] {
        let past: World = app.get_at(world.id(), version).await.unwrap();
        assert_eq!(past.history.len(), history);
    }
}

#[tokio::test]
async fn record_ids_are_contiguous_over_all_aggregates() {
    let app = memory().await;
    let mut ids = Vec::new();
    for things in [&["a"][..], &[], &["b", "c"]] {
        let mut world = World::create("gods").unwrap();
        for thing in things {
            world.make_it_so(*thing).unwrap();
        }
        ids.extend(
            app.save(&mut world)
                .await
                .unwrap()
                .record_ids()
                .map(es::RecordId::get),
        );
    }
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    let nothing = app.save(&mut World::create("gods").unwrap()).await.unwrap();
    assert_eq!(nothing.len(), 1);
}

#[tokio::test]
async fn saving_without_pending_events_writes_nothing() {
    let app = memory().await;
    let mut world = saved(&app, &[]).await;
    assert!(app.save(&mut world).await.unwrap().is_empty());
    assert_eq!(
        app.event_store()
            .record_manager()
            .max_record_id()
            .await
            .unwrap()
            .get(),
        1
    );
}

#[tokio::test]
async fn a_stale_copy_conflicts_writes_nothing_and_keeps_its_events() {
    let app = memory().await;
    let mut world = saved(&app, &[]).await;
    let mut stale: World = app.get(world.id()).await.unwrap();
    world.make_it_so("first").unwrap();
    app.save(&mut world).await.unwrap();
    stale.make_it_so("second").unwrap();
    stale.make_it_so("third").unwrap();
    match app.save(&mut stale).await {
        Err(Error::Conflict {
            sequence_id,
            position,
        }) => {
            assert_eq!((sequence_id, position), (world.id(), 1.into()));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stale.pending_events().len(), 2);
    assert_eq!(
        app.get::<World>(world.id()).await.unwrap().history,
        ["first"]
    );
}

#[tokio::test]
async fn a_discarded_aggregate_is_not_found_but_its_earlier_versions_are() {
    let app = memory().await;
    let mut world = saved(&app, &["dinosaurs"]).await;
    world.discard().unwrap();
    assert!(
        matches!(world.make_it_so("too late"), Err(Error::Discarded { id }) if id == world.id())
    );
    assert!(matches!(world.discard(), Err(Error::Discarded { .. })));
    app.save(&mut world).await.unwrap();
    assert!(matches!(
        app.get::<World>(world.id()).await,
        Err(Error::NotFound { .. })
    ));
    assert!(matches!(
        app.get_at::<World>(world.id(), 2).await,
        Err(Error::NotFound { .. })
    ));
    assert!(!app.contains::<World>(world.id()).await.unwrap());
    assert_eq!(
        app.get_at::<World>(world.id(), 1).await.unwrap().history,
        ["dinosaurs"]
    );
}

#[tokio::test]
async fn an_aggregate_that_was_never_saved_is_not_found() {
    let app = memory().await;
    let id = Uuid::from_u128(1);
    let error = app.get::<World>(id).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        format!("there is no World with the id {id}")
    );
    let error = app.get_any(id).await.err().unwrap();
    assert!(matches!(
        error,
        Error::NotFound {
            aggregate: None,
            ..
        }
    ));
    assert_eq!(
        error.to_string(),
        format!("there is no aggregate or entity with the id {id}")
    );
}

/// A second aggregate with the event `SomethingHappened`.
#[aggregate(events(SomethingHappened))]
pub struct Planet {
    #[created]
    pub name: String,
}

impl Mutate<Planet> for SomethingHappened {
    fn mutate(&self, planet: &mut Planet) {
        planet.name.push_str(&self.what);
    }
}

#[tokio::test]
async fn an_aggregate_of_another_type_under_the_id_is_an_error_that_names_both() {
    let app = memory().await;
    let world = saved(&app, &[]).await;
    let error = app.get::<Planet>(world.id()).await.err().unwrap();
    assert!(matches!(error, Error::WrongType { .. }));
    assert!(
        error.to_string().contains("`World`, not to a `Planet`"),
        "{error}"
    );
    assert!(!app.contains::<Planet>(world.id()).await.unwrap());
}

#[tokio::test]
async fn any_aggregate_is_found_by_its_stored_topic() {
    let app = memory().await;
    let world = saved(&app, &["dinosaurs"]).await;
    let mut planet = Planet::create("Mars").unwrap();
    planet
        .trigger(SomethingHappened {
            what: "!".to_owned(),
        })
        .unwrap();
    app.save(&mut planet).await.unwrap();

    let any = app.get_any(world.id()).await.unwrap();
    assert_eq!((any.topic(), any.head()), ("World", Some(world.head())));
    let any = any.downcast::<Planet>().err().unwrap();
    assert_eq!(any.downcast::<World>().unwrap().history, ["dinosaurs"]);
    let any = app.get_any(planet.id()).await.unwrap();
    assert_eq!(any.downcast_ref::<Planet>().unwrap().name, "Mars!");
}

#[tokio::test]
async fn a_conflict_is_retried_from_the_stored_events() {
    let app = memory().await;
    let id = saved(&app, &[]).await.id();
    let commands = (0..8).map(|number| {
        let app = app.clone();
        tokio::spawn(async move {
            retry(Retry::default().attempts(100), || async {
                let mut world: World = app.get(id).await?;
                world.make_it_so(number.to_string())?;
                app.save(&mut world).await
            })
            .await
        })
    });
    for command in commands.collect::<Vec<_>>() {
        command.await.unwrap().unwrap();
    }
    let mut history = app.get::<World>(id).await.unwrap().history;
    history.sort();
    assert_eq!(history, ["0", "1", "2", "3", "4", "5", "6", "7"]);
}

#[tokio::test]
async fn a_retry_repeats_only_conflicts_up_to_its_attempts() {
    let mut tries = 0;
    let policy = Retry::default().attempts(3).wait(std::time::Duration::ZERO);
    let conflict = || Error::Conflict {
        sequence_id: Uuid::nil(),
        position: 0.into(),
    };
    let result: es::Result<()> = retry(policy, || {
        tries += 1;
        async { Err(conflict()) }
    })
    .await;
    assert!(result.unwrap_err().is_conflict());
    assert_eq!(tries, 3);
    let mut tries = 0;
    let result: es::Result<()> = retry(policy, || {
        tries += 1;
        async { Err(Error::Closed) }
    })
    .await;
    assert!(matches!(result, Err(Error::Closed)));
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn a_given_store_serves_an_application() {
    let store = Arc::new(MemoryRecordManager::new(Table::stored_events()));
    let app = Application::builder()
        .store(store.clone())
        .open()
        .await
        .unwrap();
    let world = saved(&app, &["dinosaurs"]).await;
    let other = Application::builder().store(store).open().await.unwrap();
    assert_eq!(
        other.get::<World>(world.id()).await.unwrap().head(),
        world.head()
    );
}

#[tokio::test]
async fn two_applications_of_one_database_have_separate_tables() {
    let folder = tempfile::tempdir().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("events.db").display());
    let open = |table: &'static str| Application::builder().uri(&uri).table_name(table).open();
    let (one, two) = (open("one").await.unwrap(), open("two").await.unwrap());
    let world = saved(&one, &[]).await;
    assert!(one.contains::<World>(world.id()).await.unwrap());
    assert!(!two.contains::<World>(world.id()).await.unwrap());
}

#[tokio::test]
async fn after_close_every_call_is_refused() {
    let app = memory().await;
    let mut world = saved(&app, &[]).await;
    world.make_it_so("too late").unwrap();
    app.close().await.unwrap();
    app.close().await.unwrap();
    assert!(matches!(app.save(&mut world).await, Err(Error::Closed)));
    assert!(matches!(
        app.get::<World>(world.id()).await,
        Err(Error::Closed)
    ));
    assert_eq!(world.pending_events().len(), 1);
}

/// Records the version, the head and the time that `mutate` sees.
#[aggregate(events(Ticked))]
#[derive(Debug, PartialEq)]
pub struct Clock {
    pub seen: Vec<(Version, es::EventHash, es::Timestamp)>,
}

#[event]
pub struct Ticked;

impl Mutate<Clock> for Ticked {
    fn mutate(&self, clock: &mut Clock) {
        let seen = (clock.version(), clock.head(), clock.last_modified());
        clock.seen.push(seen);
    }
}

#[tokio::test]
async fn mutate_sees_the_version_head_and_time_of_its_event_when_triggered_and_when_replayed() {
    let app = memory().await;
    let mut clock = Clock::create().unwrap();
    clock.trigger(Ticked).unwrap();
    clock.trigger(Ticked).unwrap();
    let events = clock.pending_events().iter().skip(1);
    let expected: Vec<_> = events
        .map(|event| {
            (
                event.originator_version(),
                event.event_hash(),
                event.timestamp(),
            )
        })
        .collect();
    assert_eq!(clock.seen, expected);
    app.save(&mut clock).await.unwrap();
    assert_eq!(app.get::<Clock>(clock.id()).await.unwrap(), clock);
}

#[test]
fn futures_can_be_spawned() {
    fn assert_send<T: Send>(_: T) {}
    fn check(app: &Application, world: &mut World) {
        let id = world.id();
        assert_send(app.save(world));
        assert_send(app.get::<World>(id));
        assert_send(app.get_any(id));
        assert_send(app.events::<World>(id).stream());
        assert_send(app.event_store().verify(id));
        assert_send(app.event_store().sequence_ids());
    }
    let _ = check;
}
