//! Cases of read models in tables: a rebuild beside the live projection, and events that a projection saves in the
//! database of the events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use es::notification_log::NotificationLog;
use es::projections::{Mode, Phase, Projections, Runner};
use es::{Aggregate, Application};

use super::domain::{Account, Deposited, deposit, fold, head};
use super::store::{Faults, Fixture, LONG, SqlStore, faultless, until};

/// Rebuilds beside the live projection, under another name and in another table, and then replaces
/// it.
pub(crate) async fn rebuild<S: SqlStore>() {
    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 20, 3).await;
    let live = fixture.start(faultless()).await;
    fixture.settle(&live).await;
    // An error in the rows that only a rebuild corrects.
    S::execute(&fixture.model, "UPDATE balances SET cents = 0".to_owned()).await;
    S::execute(&fixture.model, S::table("balances_2")).await;
    let projection = S::projection_into("balances_2");
    let runner = Runner::new(projection, fixture.model.clone(), &fixture.app).expect("a log");
    let rebuilt = runner
        .name("balances 2")
        .start()
        .await
        .expect("the runner starts");
    fixture.settle(&rebuilt).await;
    let projections = Projections::new(fixture.model.clone());
    let refused = projections.switch("balances 2", "balances", |_| {
        Box::pin(async { Err("not yet".into()) })
    });
    refused.await.expect_err("it is refused");
    assert_eq!(projections.all().await.expect("read").len(), 2);
    let switched = projections.switch("balances 2", "balances", |transaction| {
        Box::pin(S::execute_in(transaction, S::SWITCH))
    });
    switched.await.expect("switched");
    fixture.expect_fold().await;
    // The previous runner has the old code and must not write the new table.
    let before = projections.get("balances").await.expect("found");
    deposit(&fixture.app, 3, 1).await;
    until(|| async { live.progress().phase == Phase::Paused }).await;
    let row = projections.get("balances").await.expect("found");
    assert_eq!((row.mode, row.position), (Mode::Paused, before.position));
    live.stop().await.expect("stopped");
    rebuilt.ended().await.expect_err("its name is gone");
    assert_eq!(projections.all().await.expect("read").len(), 1);
    let lease = std::time::Duration::from_millis(200);
    let runner = fixture.runner(faultless()).lease(lease);
    let live = runner.start().await.expect("the runner starts");
    projections.resume("balances").await.expect("resumed");
    fixture.settle(&live).await;
    fixture.expect_fold().await;
    live.stop().await.expect("stopped");
}

/// Waits for new events. It polls so rarely that only a notification wakes it in time.
async fn follower(app: &Application) -> tokio::task::JoinHandle<()> {
    let log = app.notification_log().expect("a log");
    let log = log.poll_every(2 * LONG);
    let last = head(app).await;
    tokio::spawn(async move { NotificationLog::changed(&log, last).await })
}

/// The projection that issues commands takes effect once, whatever fails.
pub(crate) async fn policy<S: SqlStore>() {
    let folder = tempfile::tempdir().expect("a directory");
    let app = S::application(folder.path()).await;
    let ids = deposit(&app, 5, 4).await;
    let published = Arc::new(AtomicUsize::new(0));
    let counter = published.clone();
    app.bus().subscribe_to::<Deposited>(move |_, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    let model = S::open_with_events(folder.path()).await;
    let failed = AtomicBool::new(false);
    let faults: Faults = Arc::new(move |_, at| {
        if at.get() == 12 && !failed.swap(true, Ordering::SeqCst) {
            return Err("after it was saved".into());
        }
        Ok(())
    });
    let follower = follower(&app).await;
    let runner = Runner::new(S::policy(&app, faults), model, &app).expect("a log");
    let running = runner.start().await.expect("the runner starts");
    until(|| async {
        running.progress().position == head(&app).await
            && fold(&app).await.values().all(|sum| sum.deposits == 8)
    })
    .await;
    running.stop().await.expect("stopped");
    let woken = tokio::time::timeout(LONG, follower).await;
    woken
        .expect("the follower is woken by the saves")
        .expect("no panic");
    for id in ids {
        let account: Account = app.get(id).await.expect("found");
        assert_eq!(account.balance, 10 + 11 + 12 + 13 + 4);
        assert!(account.pending_events().is_empty());
    }
    assert_eq!(published.load(Ordering::SeqCst), 20);
}
