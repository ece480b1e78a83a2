//! The cases, written once for all stores.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use es::{Aggregate, Application, Error};

use super::{Database, End, Invoice, Paid};

pub(crate) type Check = fn(Arc<dyn Database>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        pub(crate) const CASES: &[(&str, Check)] = &[$((stringify!($name), |database| Box::pin($name(database)))),*];
    };
}

cases![
    a_row_and_events_commit_together,
    after_a_rollback_nothing_is_stored_and_the_events_are_pending,
    subscribers_are_called_after_a_commit_but_not_after_a_rollback,
    followers_are_woken_by_the_commit,
    several_aggregates_are_saved_in_one_transaction,
    a_conflict_leaves_the_transaction_usable,
    others_wait_until_the_transaction_ends_and_ids_have_no_hole,
];

const NOTHING: &(dyn Fn() + Send + Sync) = &|| {};

fn paid_invoice() -> Invoice {
    let mut invoice = Invoice::create().expect("created");
    invoice.trigger(Paid { amount: 10 }).expect("triggered");
    invoice
}

async fn stored(app: &Application, invoice: &Invoice) -> Option<u64> {
    match app.get::<Invoice>(invoice.id()).await {
        Ok(copy) => Some(copy.paid),
        Err(Error::NotFound { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

async fn a_row_and_events_commit_together(database: Arc<dyn Database>) {
    let app = database.app().await;
    let mut invoice = paid_invoice();
    let ids = database
        .transact(&app, vec![&mut invoice], NOTHING, End::Commit)
        .await;
    assert_eq!(*ids[0].as_ref().expect("saved"), [1, 2]);
    assert!(invoice.pending_events().is_empty());
    assert_eq!(stored(&app, &invoice).await, Some(10));
    assert_eq!(database.payments().await, 1);
    invoice.trigger(Paid { amount: 5 }).expect("triggered");
    app.save(&mut invoice).await.expect("saved after it");
    assert_eq!(stored(&app, &invoice).await, Some(15));
}

async fn after_a_rollback_nothing_is_stored_and_the_events_are_pending(
    database: Arc<dyn Database>,
) {
    let app = database.app().await;
    let mut invoice = paid_invoice();
    let ids = database
        .transact(&app, vec![&mut invoice], NOTHING, End::Rollback)
        .await;
    assert_eq!(*ids[0].as_ref().expect("saved"), [1, 2]);
    assert_eq!(invoice.pending_events().len(), 2);
    assert_eq!(stored(&app, &invoice).await, None);
    assert_eq!(database.payments().await, 0);
    let appended = app.save(&mut invoice).await.expect("saved again");
    let ids: Vec<u64> = appended.record_ids().map(es::RecordId::get).collect();
    assert_eq!(ids, [1, 2], "the transaction used no ids");
}

async fn subscribers_are_called_after_a_commit_but_not_after_a_rollback(
    database: Arc<dyn Database>,
) {
    let app = database.app().await;
    let published = Arc::new(AtomicUsize::new(0));
    let counter = published.clone();
    let count = move |events: &[es::domain::AnyEvent<'_>]| {
        counter.fetch_add(events.len(), Ordering::SeqCst);
        Ok(())
    };
    app.bus().subscribe(|_| true, count);
    let mut invoice = paid_invoice();
    let nothing_published = || assert_eq!(published.load(Ordering::SeqCst), 0, "not committed yet");
    for end in [End::Rollback, End::Commit] {
        nothing_published();
        let ids = database
            .transact(&app, vec![&mut invoice], &nothing_published, end)
            .await;
        assert!(ids[0].is_ok());
    }
    assert_eq!(published.load(Ordering::SeqCst), 2);
}

async fn followers_are_woken_by_the_commit(database: Arc<dyn Database>) {
    const NEVER: Duration = Duration::from_secs(3_600);
    let app = database.app().await;
    let mut wake_up = app.event_store().record_manager().wake_up();
    let woken = tokio::spawn(async move { wake_up.wait(NEVER).await });
    let mut invoice = paid_invoice();
    database
        .transact(&app, vec![&mut invoice], NOTHING, End::Commit)
        .await;
    let woken = tokio::time::timeout(Duration::from_secs(30), woken).await;
    woken.expect("woken").expect("not panicked");
}

async fn several_aggregates_are_saved_in_one_transaction(database: Arc<dyn Database>) {
    let app = database.app().await;
    let (mut one, mut two) = (paid_invoice(), paid_invoice());
    let ids = database
        .transact(&app, vec![&mut one, &mut two], NOTHING, End::Commit)
        .await;
    assert_eq!(*ids[0].as_ref().expect("saved"), [1, 2]);
    assert_eq!(*ids[1].as_ref().expect("saved"), [3, 4]);
    assert_eq!(stored(&app, &one).await, Some(10));
    assert_eq!(stored(&app, &two).await, Some(10));
}

async fn a_conflict_leaves_the_transaction_usable(database: Arc<dyn Database>) {
    let app = database.app().await;
    let mut invoice = paid_invoice();
    app.save(&mut invoice).await.expect("saved");
    let mut stale: Invoice = app.get(invoice.id()).await.expect("found");
    invoice.trigger(Paid { amount: 1 }).expect("triggered");
    app.save(&mut invoice).await.expect("saved first");
    stale.trigger(Paid { amount: 2 }).expect("triggered");
    let mut other = paid_invoice();
    let ids = database
        .transact(&app, vec![&mut stale, &mut other], NOTHING, End::Commit)
        .await;
    match &ids[0] {
        Err(Error::Conflict {
            sequence_id,
            position,
        }) => {
            assert_eq!(
                (*sequence_id, *position),
                (invoice.id(), invoice.version().into())
            );
        }
        other => panic!("a conflict, not {other:?}"),
    }
    assert_eq!(*ids[1].as_ref().expect("saved"), [4, 5]);
    assert_eq!(stale.pending_events().len(), 1);
    assert_eq!(stored(&app, &invoice).await, Some(11));
    assert_eq!(database.payments().await, 1);
}

async fn others_wait_until_the_transaction_ends_and_ids_have_no_hole(database: Arc<dyn Database>) {
    let app = database.app().await;
    let saved = Arc::new(AtomicUsize::new(0));
    let savers = std::sync::Mutex::new(Vec::new());
    let runtime = tokio::runtime::Handle::current();
    let meanwhile = || {
        for _ in 0..5 {
            let (app, saved) = (app.clone(), saved.clone());
            let task = runtime.spawn(async move {
                app.save(&mut paid_invoice()).await.expect("saved");
                saved.fetch_add(1, Ordering::SeqCst);
            });
            savers.lock().expect("no panic").push(task);
        }
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(saved.load(Ordering::SeqCst), 0, "the transaction is open");
    };
    let mut invoice = paid_invoice();
    let ids = database
        .transact(&app, vec![&mut invoice], &meanwhile, End::Commit)
        .await;
    assert_eq!(*ids[0].as_ref().expect("saved"), [1, 2]);
    for saver in savers.into_inner().expect("no panic") {
        saver.await.expect("saved");
    }
    let records = app.event_store().record_manager();
    let all = records
        .records(es::RecordId::new(0), 100)
        .await
        .expect("read");
    assert!(all.iter().map(|record| record.id.get()).eq(1..=12));
}
