//! Cases of servers whose answers are lost.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use es::Retry;
use es::projections::{Projections, Runner};
use es_testing::store::LossyProxy;

use super::domain::{deposit, fold, head};
use super::store::{Fixture, LONG, SqlStore, faultless};

/// A read-model store on a server.
pub(crate) trait ServerStore: SqlStore {
    /// The bytes of a commit on the wire.
    const COMMIT: &'static str;

    fn address() -> SocketAddr;

    /// Opens the existing read model of a folder through another address.
    fn open_through(folder: &Path, address: SocketAddr)
    -> impl Future<Output = Self::Model> + Send;
}

/// Handles new events five times while answers to a statement are lost. Returns the final epoch and
/// the number of answers that were not lost.
async fn lose<S: ServerStore>(statement: &'static str, times: usize) -> (u64, u32) {
    let fixture = Fixture::<S>::new().await;
    let proxy = LossyProxy::start(S::address(), statement).await;
    let model = S::open_through(fixture.folder(), proxy.address()).await;
    let runner = Runner::new(S::projection(faultless()), model, &fixture.app).expect("a log");
    let retry = Retry::default().attempts(2).wait(Duration::from_millis(1));
    let running = runner
        .retry(retry)
        .start()
        .await
        .expect("the runner starts");
    for _ in 0..5 {
        for _ in 0..times {
            proxy.lose_next();
        }
        deposit(&fixture.app, 2, 2).await;
        let head = head(&fixture.app).await;
        running
            .wait_for(head, LONG)
            .await
            .expect("the runner reaches the position");
    }
    assert_eq!(S::read(&fixture.model).await, fold(&fixture.app).await);
    assert_eq!(running.progress().blocked_aggregates, 0);
    let outside = Projections::new(fixture.model.clone());
    let epoch = outside.get("balances").await.expect("found").epoch;
    (epoch, proxy.to_lose())
}

pub(crate) async fn lost_commit<S: ServerStore>() {
    let (epoch, left) = lose::<S>(S::COMMIT, 1).await;
    assert_eq!(left, 0, "the answers were lost");
    assert!(epoch > 1, "the row was read again: {epoch}");
}

pub(crate) async fn lost_handler<S: ServerStore>() {
    // Answers are lost more often than an event is attempted. A connection that knows the statement
    // does not send it again.
    let (_, left) = lose::<S>("INTO balances", 4).await;
    assert!(left < 20, "answers were lost");
}
