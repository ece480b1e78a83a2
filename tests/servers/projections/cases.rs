//! Cases of every read model.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use es::error::ProjectionError;
use es::projections::{Mode, Phase, Runner};
use es::{Error, EventHeader, RecordId};
use uuid::Uuid;

use super::domain::{Balance, deposit, fold, head};
use super::pausing::Pausing;
use super::store::{Faults, Fixture, LONG, Store, faultless, until};

pub(crate) async fn is_fold<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 7, 30).await;
    let runner = fixture.runner(faultless()).batch_size(50);
    let running = runner.start().await.expect("the runner starts");
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    deposit(&fixture.app, 3, 5).await;
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    until(|| async { running.progress().phase == Phase::Live }).await;
    assert_eq!(running.progress().lag(), 0);
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn own_write<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let running = fixture.start(faultless()).await;
    for n in 1..=5 {
        let id = deposit(&fixture.app, 1, n).await[0];
        fixture.settle(&running).await;
        assert_eq!(fixture.balances().await[&id].deposits, n);
        let outside = running.projections();
        let head = head(&fixture.app).await;
        let waited = outside.wait_for("balances", head, Duration::ZERO);
        waited.await.expect("already present");
    }
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn restart<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    for _ in 0..3 {
        deposit(&fixture.app, 4, 3).await;
        let running = fixture.start(faultless()).await;
        fixture.settle(&running).await;
        running.stop().await.expect("the runner stops");
        fixture.expect_fold().await;
    }
}

/// Returns faults that fail at a position a number of times, and the counter of the failures.
fn failing(position: u64, times: usize) -> (Faults, Arc<AtomicUsize>) {
    let failures = Arc::new(AtomicUsize::new(0));
    let count = failures.clone();
    let faults = move |_: &EventHeader, at: RecordId| {
        if at.get() == position && count.fetch_add(1, Ordering::SeqCst) < times {
            return Err("not now".into());
        }
        Ok(())
    };
    (Arc::new(faults), failures)
}

pub(crate) async fn retry<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 5, 10).await;
    // The third event of an account is its second deposit.
    let (faults, tries) = failing(15, 2);
    let running = fixture.start(faults).await;
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    assert!(tries.load(Ordering::SeqCst) >= 3);
    assert_eq!(running.progress().blocked_aggregates, 0);
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn panic<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 5, 4).await;
    let panicked = AtomicBool::new(false);
    let faults = Arc::new(move |_: &EventHeader, at: RecordId| {
        assert!(
            at.get() < 12 || panicked.swap(true, Ordering::SeqCst),
            "a panic that is meant"
        );
        Ok(())
    });
    let running = fixture.start(faults).await;
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    running.stop().await.expect("the runner stops");
}

/// Refuses the deposits of an account after the first one, until the cure.
fn poisoned(poisoned: Uuid, cured: &Arc<AtomicBool>) -> Faults {
    let cured = cured.clone();
    Arc::new(move |header, _| {
        let is_later = header
            .originator_version
            .is_some_and(|version| version.get() > 2);
        if header.originator_id == poisoned && is_later && !cured.load(Ordering::SeqCst) {
            return Err("poison".into());
        }
        Ok(())
    })
}

pub(crate) async fn poison<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let ids = deposit(&fixture.app, 1_000, 3).await;
    let cured = Arc::new(AtomicBool::new(false));
    let running = fixture.start(poisoned(ids[500], &cured)).await;
    fixture.settle(&running).await;
    let mut expected = fold(&fixture.app).await;
    let whole = expected.insert(ids[500], fixture.balances().await[&ids[500]].clone());
    assert_eq!(fixture.balances().await, expected, "all others are whole");
    assert_eq!(
        expected[&ids[500]].cents, 10,
        "and this one up to the poison"
    );
    assert_eq!(running.progress().blocked_aggregates, 1);
    let letters = running.dead_letters(10).await.expect("read");
    let reported: Vec<_> = letters
        .iter()
        .map(|letter| (letter.aggregate_id, letter.error.as_str(), letter.attempts))
        .collect();
    assert_eq!(reported, [(ids[500], "poison", 3), (ids[500], "", 0)]);
    assert!(letters[0].record_id < letters[1].record_id);
    // Retries fail as long as the handler refuses the event.
    running
        .retry(ids[500])
        .await
        .expect("the request is stored");
    until(|| async { running.dead_letters(1).await.expect("read")[0].attempts == 4 }).await;
    cured.store(true, Ordering::SeqCst);
    running
        .retry(ids[500])
        .await
        .expect("the request is stored");
    until(|| async { running.progress().blocked_aggregates == 0 }).await;
    let whole = whole.expect("present");
    assert_eq!(fixture.balances().await[&ids[500]], whole);
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn skip<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let ids = deposit(&fixture.app, 3, 4).await;
    let cured = Arc::new(AtomicBool::new(false));
    let running = fixture.start(poisoned(ids[1], &cured)).await;
    fixture.settle(&running).await;
    let missing = running.skip(ids[0]).await.expect_err("it has none");
    let missing = matches!(
        missing,
        Error::Projection(ProjectionError::NoDeadLetter { .. })
    );
    assert!(missing);
    cured.store(true, Ordering::SeqCst);
    running.skip(ids[1]).await.expect("the request is stored");
    until(|| async { running.progress().blocked_aggregates == 0 }).await;
    let Balance {
        cents, deposits, ..
    } = fixture.balances().await[&ids[1]];
    assert_eq!((cents, deposits), (10 + 12 + 13, 3));
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn parked_restart<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let ids = deposit(&fixture.app, 3, 2).await;
    let cured = Arc::new(AtomicBool::new(false));
    let running = fixture.start(poisoned(ids[1], &cured)).await;
    fixture.settle(&running).await;
    running.stop().await.expect("the runner stops");
    let mut account: super::domain::Account = fixture.app.get(ids[1]).await.expect("found");
    let deposited = super::domain::Deposited { cents: 100 };
    es::Aggregate::trigger(&mut account, deposited).expect("deposited");
    fixture.app.save(&mut account).await.expect("saved");
    // The event could be handled now, but others of its aggregate come first.
    cured.store(true, Ordering::SeqCst);
    let running = fixture.start(poisoned(ids[1], &cured)).await;
    fixture.settle(&running).await;
    assert_eq!(fixture.balances().await[&ids[1]].deposits, 1);
    assert_eq!(running.dead_letters(10).await.expect("read").len(), 2);
    running.retry(ids[1]).await.expect("the request is stored");
    until(|| async { running.progress().blocked_aggregates == 0 }).await;
    fixture.expect_fold().await;
    running.stop().await.expect("the runner stops");
}

/// The runner waits for dead letters that cannot be read.
pub(crate) async fn letters_away<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let ids = deposit(&fixture.app, 3, 2).await;
    let cured = Arc::new(AtomicBool::new(false));
    let model = Pausing::never(fixture.model.clone());
    let away = Arc::clone(&model.away);
    away.store(true, Ordering::SeqCst);
    let projection = S::projection(poisoned(ids[1], &cured));
    let runner = Runner::new(projection, model, &fixture.app).expect("a log");
    let running = runner.start().await.expect("the runner starts");
    let head = head(&fixture.app).await;
    running
        .wait_for(head, LONG)
        .await
        .expect("the runner reaches the position");
    assert!(!away.swap(true, Ordering::SeqCst), "at the start");
    cured.store(true, Ordering::SeqCst);
    running.retry(ids[1]).await.expect("the request is stored");
    until(|| async { running.progress().blocked_aggregates == 0 }).await;
    assert!(!away.load(Ordering::SeqCst), "during the retry");
    fixture.expect_fold().await;
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn pause<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let runner = fixture
        .runner(faultless())
        .lease(Duration::from_millis(200));
    let running = runner.start().await.expect("the runner starts");
    deposit(&fixture.app, 2, 2).await;
    fixture.settle(&running).await;
    // The pause comes from outside, so that the runner has to notice it.
    let outside = running.projections();
    outside.pause("balances").await.expect("paused");
    until(|| async { running.progress().phase == Phase::Paused }).await;
    let before = fixture.balances().await;
    deposit(&fixture.app, 2, 2).await;
    let head = head(&fixture.app).await;
    let late = running.wait_for(head, Duration::from_millis(300)).await;
    late.expect_err("it is paused");
    assert_eq!(fixture.balances().await, before);
    running.stop().await.expect("the runner stops");
    // The projection is paused for every runner.
    let running = fixture.start(faultless()).await;
    until(|| async { running.progress().phase == Phase::Paused }).await;
    let row = outside.get("balances").await.expect("found");
    assert_eq!(row.mode, Mode::Paused);
    running.resume().await.expect("resumed");
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn behind<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let running = fixture.start(faultless()).await;
    deposit(&fixture.app, 1, 1).await;
    fixture.settle(&running).await;
    let short = Duration::from_millis(20);
    let here = running
        .wait_for(9, short)
        .await
        .expect_err("the position is never reached");
    let outside = running.projections();
    let there = outside.wait_for("balances", 9, short).await;
    for late in [here, there.expect_err("the position is never reached")] {
        let Error::Projection(ProjectionError::Behind {
            expected, reached, ..
        }) = late
        else {
            panic!("{late}");
        };
        assert_eq!((expected.get(), reached.get()), (9, 3));
    }
    let unknown = outside.wait_for("others", 1, short).await;
    let unknown = unknown.expect_err("there is none");
    assert!(matches!(
        unknown,
        Error::Projection(ProjectionError::Unknown { .. })
    ));
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn removed<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let runner = fixture
        .runner(faultless())
        .lease(Duration::from_millis(100));
    let running = runner.start().await.expect("the runner starts");
    deposit(&fixture.app, 1, 1).await;
    fixture.settle(&running).await;
    let outside = running.projections();
    outside.remove("balances").await.expect("removed");
    let ended = running.ended().await.expect_err("it has no row");
    assert!(matches!(
        ended,
        Error::Projection(ProjectionError::Unknown { .. })
    ));
    assert!(outside.all().await.expect("read").is_empty());
}

/// The switch would end the projection itself.
pub(crate) async fn switch_onto_itself<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 2, 2).await;
    let running = fixture.start(faultless()).await;
    fixture.settle(&running).await;
    let outside = running.projections();
    let position = running.progress().position;
    let switched = outside.switch("balances", "balances", |_| Box::pin(async { Ok(()) }));
    let error = switched
        .await
        .expect_err("a projection cannot replace itself");
    let is_told = matches!(
        error,
        Error::InvalidSetting {
            setting: "switch",
            ..
        }
    );
    assert!(is_told, "{error}");
    let row = outside.get("balances").await.expect("it is left alone");
    assert_eq!((row.position, row.mode), (position, Mode::Active));
    running.stop().await.expect("the runner stops");
}

pub(crate) async fn take_over<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let one = fixture.start(faultless()).await;
    deposit(&fixture.app, 2, 2).await;
    fixture.settle(&one).await;
    let runner = fixture
        .runner(faultless())
        .lease(Duration::from_millis(200));
    let two = runner.start().await.expect("the runner starts");
    deposit(&fixture.app, 2, 2).await;
    fixture.settle(&one).await;
    assert_eq!(two.progress().phase, Phase::Waiting);
    one.stop().await.expect("the runner stops");
    deposit(&fixture.app, 2, 2).await;
    fixture.settle(&two).await;
    fixture.expect_fold().await;
    two.stop().await.expect("the runner stops");
}

/// A lease needs pauses between renewals and an end.
pub(crate) async fn leases<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    let day = Duration::from_secs(24 * 60 * 60);
    let ms = Duration::from_millis;
    for refused in [Duration::ZERO, ms(9), day + ms(1), Duration::MAX] {
        let runner = fixture.runner(faultless()).lease(refused);
        let started = runner.start().await.map(drop);
        let error = started.expect_err("an invalid lease");
        let is_told = matches!(
            error,
            Error::InvalidSetting {
                setting: "lease",
                ..
            }
        );
        assert!(is_told, "{error}");
    }
    for accepted in [ms(10), day] {
        let runner = fixture.runner(faultless()).lease(accepted);
        let running = runner.start().await.expect("the runner starts");
        deposit(&fixture.app, 1, 1).await;
        fixture.settle(&running).await;
        let outside = running.projections();
        let reached = outside.wait_for("balances", head(&fixture.app).await, Duration::MAX);
        reached.await.expect("already present");
        running.stop().await.expect("the runner stops");
    }
}
