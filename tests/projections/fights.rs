//! Two runners of one projection, each of which sleeps now and then for longer than its lease lasts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use es::projection::{Runner, Running};

use super::domain::{deposit, head};
use super::pausing::Pausing;
use super::store::{Fixture, LONG, Store, faultless};

pub(crate) async fn run<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let one = fight(&fixture, 5).await;
    let two = fight(&fixture, 7).await;
    for _ in 0..40 {
        deposit(&fixture.app, 5, 5).await;
    }
    let head = head(&fixture.app).await;
    let outside = one.projections();
    let reached = outside.wait_for("balances", head, LONG).await;
    reached.expect("they come so far together");
    fixture.expect_fold().await;
    let epoch = outside.get("balances").await.expect("there").epoch;
    assert!(epoch > 5, "the lease changed hands: {epoch}");
    one.stop().await.expect("it stops");
    two.stop().await.expect("it stops");
    fixture.expect_fold().await;
}

async fn fight<S: Store>(fixture: &Fixture<S>, every: u64) -> Running<Pausing<S::Model>> {
    let model = Pausing {
        inner: fixture.model.clone(),
        every,
        pause: Duration::from_millis(90),
        begun: Arc::new(AtomicU64::new(0)),
        fenced: Arc::new(AtomicU64::new(0)),
    };
    let fenced = model.fenced.clone();
    let runner = Runner::new(S::projection(faultless()), model, &fixture.app).expect("a log");
    let runner = runner.lease(Duration::from_millis(30)).batch_size(20);
    let running = runner.start().await.expect("it starts");
    assert_eq!(fenced.load(Ordering::SeqCst), 0);
    running
}
