//! A case of two runners of one projection. Each sometimes sleeps for longer than its lease, before
//! a transaction or inside one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use es::projections::{ReadModel, Runner, Running};
use es::store::read_model::Rollback;

use super::domain::{deposit, head};
use super::pausing::Pausing;
use super::store::{Faults, Fixture, LONG, Store};

pub(crate) async fn run<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let fenced = Arc::new(AtomicU64::new(0));
    let one = start_runner(&fixture, 5, &fenced).await;
    let two = start_runner(&fixture, 7, &fenced).await;
    for _ in 0..40 {
        deposit(&fixture.app, 5, 5).await;
    }
    let head = head(&fixture.app).await;
    let outside = one.projections();
    let reached = outside.wait_for("balances", head, LONG).await;
    reached.expect("both runners together reach the position");
    fixture.expect_fold().await;
    let epoch = outside.get("balances").await.expect("found").epoch;
    assert!(epoch > 5, "the lease changed hands: {epoch}");
    one.stop().await.expect("the runner stops");
    two.stop().await.expect("the runner stops");
    // Without rollback, a late owner is stopped before it works, and no step is refused.
    let is_refused = S::Model::ROLLBACK == Rollback::None || fenced.load(Ordering::SeqCst) > 0;
    assert!(is_refused, "no late owner was fenced");
    fixture.expect_fold().await;
}

/// The pause; it is longer than the lease.
const PAUSE: Duration = Duration::from_millis(90);

/// Sleeps inside a transaction, once per `every` events.
fn sleepy(every: u64) -> Faults {
    let handled = AtomicU64::new(0);
    Arc::new(move |_, _| {
        if handled.fetch_add(1, Ordering::SeqCst) % every == every - 1 {
            std::thread::sleep(PAUSE);
        }
        Ok(())
    })
}

async fn start_runner<S: Store>(
    fixture: &Fixture<S>,
    every: u64,
    fenced: &Arc<AtomicU64>,
) -> Running<Pausing<S::Model>> {
    let model = Pausing {
        every,
        pause: PAUSE,
        fenced: Arc::clone(fenced),
        ..Pausing::never(fixture.model.clone())
    };
    let runner =
        Runner::new(S::projection(sleepy(every * 30)), model, &fixture.app).expect("a log");
    let runner = runner.lease(Duration::from_millis(30)).batch_size(20);
    runner.start().await.expect("the runner starts")
}
