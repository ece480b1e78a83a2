//! Tests of a projection of an older program beside a newer program.

#![allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a handler is given a reference to its event"
)]

use std::path::Path;
use std::time::Duration;

use es::projections::{MemoryReadModel, MemoryTransaction, Runner};
use es::{Aggregate, Application, Discarded, RecordId, projection};

/// Longer than any awaited result takes.
const LONG: Duration = Duration::from_secs(60);

async fn open(folder: &Path) -> Application {
    let uri = format!("sqlite:///{}/events.db", folder.display());
    let app = Application::builder()
        .allow_shared_topics()
        .uri(uri)
        .open()
        .await;
    app.expect("the application opens")
}

async fn head(app: &Application) -> RecordId {
    let records = app.event_store().record_manager();
    records.max_record_id().await.expect("the last id")
}

/// Waits until the condition holds.
async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(LONG, wait).await.expect("in time");
}

/// The older program.
mod old {
    use es::projections::MemoryTransaction;
    use es::{Mutate, aggregate, event, projection};

    /// A counter.
    #[aggregate(topic = "Counter", events(Counted))]
    pub struct Counter {}

    /// It was counted.
    #[event]
    pub struct Counted {}

    impl Mutate<Counter> for Counted {
        fn mutate(&self, _: &mut Counter) {}
    }

    pub struct Count;

    #[projection(aggregates(Counter), name = "count", ignore_others)]
    impl Count {
        #[subscribe_to(Counted)]
        fn counted(&self, _: &Counted, count: &mut MemoryTransaction<u64>) {
            **count += 1;
        }
    }
}

/// The newer program.
mod new {
    use es::projections::MemoryTransaction;
    use es::{Mutate, aggregate, event, projection};

    /// A counter.
    #[aggregate(topic = "Counter", events(Counted, Doubled))]
    pub struct Counter {}

    /// It was counted.
    #[event]
    pub struct Counted {}

    /// It was counted twice.
    #[event]
    pub struct Doubled {}

    impl Mutate<Counter> for Counted {
        fn mutate(&self, _: &mut Counter) {}
    }

    impl Mutate<Counter> for Doubled {
        fn mutate(&self, _: &mut Counter) {}
    }

    /// Not a counter, though its topic looks like an event of one.
    #[aggregate(topic = "Counter.Clock")]
    pub struct Clock {
        #[attribute]
        hour: u32,
    }

    pub struct Count;

    #[projection(aggregates(Counter), name = "count", ignore_others)]
    impl Count {
        #[subscribe_to(Counted)]
        fn counted(&self, _: &Counted, count: &mut MemoryTransaction<u64>) {
            **count += 1;
        }

        #[subscribe_to(Doubled)]
        fn doubled(&self, _: &Doubled, count: &mut MemoryTransaction<u64>) {
            **count += 2;
        }
    }
}

/// A projection without handlers for the dead letters.
struct Nothing;

#[projection(aggregates(new::Clock), name = "count", ignore_others)]
impl Nothing {
    #[subscribe_to(Discarded)]
    fn discarded(&self, _: &Discarded, _: &mut MemoryTransaction<u64>) {}
}

/// During a release, older runners see events of the newer program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_of_a_later_program_becomes_a_dead_letter() {
    let folder = tempfile::tempdir().expect("a directory");
    let app = open(folder.path()).await;
    let (mut one, mut other) = (
        new::Counter::create().expect("created"),
        new::Counter::create().expect("created"),
    );
    one.trigger(new::Doubled {}).expect("triggered");
    one.trigger(new::Counted {}).expect("triggered");
    other.trigger(new::Counted {}).expect("triggered");
    let mut clock = new::Clock::create(1).expect("created");
    clock.set_hour(2).expect("set");
    app.save(&mut one).await.expect("saved");
    app.save(&mut other).await.expect("saved");
    app.save(&mut clock).await.expect("saved");
    let last = head(&app).await;
    let model = MemoryReadModel::new(0);
    let tries = es::Retry::default().attempts(1);
    let runner = Runner::new(old::Count, model.clone(), &app).expect("a log");
    let running = runner
        .retry(tries)
        .start()
        .await
        .expect("the runner starts");
    running
        .wait_for(last, LONG)
        .await
        .expect("the runner reaches the position");
    assert_eq!(
        *model.read().await,
        1,
        "only the event of the other counter"
    );
    let letters = running.dead_letters(10).await.expect("read");
    let topics: Vec<_> = letters.iter().map(|letter| letter.topic.as_str()).collect();
    assert_eq!(topics, ["Counter.Doubled", "Counter.Counted"]);
    assert!(
        letters[0].error.contains("update the program"),
        "{}",
        letters[0].error
    );
    // The retry fails and loses nothing.
    running
        .retry(one.id())
        .await
        .expect("the request is stored");
    until(|| async { running.dead_letters(1).await.expect("read")[0].attempts == 2 }).await;
    assert_eq!(running.dead_letters(10).await.expect("read").len(), 2);
    running.stop().await.expect("the runner stops");
    // The same holds for a projection without a handler for the event.
    let runner = Runner::new(Nothing, model.clone(), &app).expect("a log");
    let running = runner.start().await.expect("the runner starts");
    running
        .retry(one.id())
        .await
        .expect("the request is stored");
    until(|| async { running.dead_letters(1).await.expect("read")[0].attempts == 3 }).await;
    let letters = running.dead_letters(10).await.expect("read");
    assert_eq!(letters.len(), 2);
    assert!(
        letters[0].error.contains("no handler"),
        "{}",
        letters[0].error
    );
    running.stop().await.expect("the runner stops");
    let runner = Runner::new(new::Count, model.clone(), &app).expect("a log");
    let running = runner.start().await.expect("the runner starts");
    running
        .retry(one.id())
        .await
        .expect("the request is stored");
    until(|| async { *model.read().await == 4 }).await;
    until(|| async { running.progress().blocked_aggregates == 0 }).await;
    running.stop().await.expect("the runner stops");
}
