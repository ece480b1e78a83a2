//! Cases of the metrics and the progress bar of a projection.

pub(crate) mod recorder {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, LazyLock, Mutex};

    use metrics::{
        Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    };

    use crate::projections::domain::deposit;
    use crate::projections::sqlite::Sqlite;
    use crate::projections::store::{Fixture, until};

    type Cells = Mutex<HashMap<String, Arc<AtomicU64>>>;

    static CELLS: LazyLock<Cells> = LazyLock::new(Cells::default);

    /// A recorder that keeps values under `name projection`.
    struct Keeping;

    fn cell(name: &str, projection: &str) -> Arc<AtomicU64> {
        let mut cells = CELLS.lock().expect("no panic");
        cells
            .entry(format!("{name} {projection}"))
            .or_default()
            .clone()
    }

    fn cell_of(key: &Key) -> Arc<AtomicU64> {
        let projection = key.labels().next().expect("a label");
        assert_eq!(projection.key(), "projection");
        cell(key.name(), projection.value())
    }

    impl Recorder for Keeping {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(cell_of(key))
        }

        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::from_arc(cell_of(key))
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    pub(crate) async fn run() {
        metrics::set_global_recorder(Keeping).expect("there is no other");
        let fixture = Fixture::<Sqlite>::new().await;
        let ids = deposit(&fixture.app, 4, 5).await;
        let refused = ids[2];
        let runner = fixture.runner(Arc::new(move |header, _| {
            if header.originator_id == refused {
                return Err("no".into());
            }
            Ok(())
        }));
        let running = runner
            .name("measured")
            .start()
            .await
            .expect("the runner starts");
        fixture.settle(&running).await;
        let counter = |name: &str| cell(name, "measured").load(Ordering::SeqCst);
        // Three attempts, and the one of the whole batch; then the event becomes a dead letter.
        assert_eq!(counter("es_projection_dead_letters_total"), 1);
        assert!(counter("es_projection_failures_total") >= 3);
        assert_eq!(counter("es_projection_events_total"), 4 * 5 - 1);
        let gauge = |name: &str| f64::from_bits(counter(name));
        until(|| async { gauge("es_projection_lag").abs() < 0.5 }).await;
        assert!((gauge("es_projection_blocked_aggregates") - 1.0).abs() < 0.5);
        running.stop().await.expect("the runner stops");
    }
}

pub(crate) async fn bar() {
    use es::projections::ProgressBar;

    use crate::projections::domain::{deposit, head};
    use crate::projections::sqlite::Sqlite;
    use crate::projections::store::{Fixture, faultless};

    let fixture = Fixture::<Sqlite>::new().await;
    deposit(&fixture.app, 4, 5).await;
    let running = fixture.start(faultless()).await;
    let bar = ProgressBar::hidden();
    running.draw(&bar).await;
    assert!(bar.is_finished());
    let last = head(&fixture.app).await.get();
    assert_eq!((bar.position(), bar.length()), (last, Some(last)));
    running.stop().await.expect("the runner stops");
}
