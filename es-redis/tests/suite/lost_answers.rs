//! Answers that are lost, late or cancelled.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use es_core::error::Error;
use es_testing::store::LossyProxy;
use tokio::task::JoinSet;

use crate::own_server::OwnServer;
use crate::{Counter, sequence, text};

pub(crate) async fn a_number_with_a_lost_answer_is_a_hole_and_never_repeated() {
    let counter = Counter::new();
    let server = SocketAddr::new(
        counter.options.host.parse().expect("an address"),
        counter.options.port,
    );
    let proxy = LossyProxy::start(server, "INCR").await;
    let mut options = counter.options.clone();
    options.host = proxy.address().ip().to_string();
    options.port = proxy.address().port();
    let numbers = sequence(&options, &counter.key);

    let mut taken = Vec::new();
    for round in 0..10 {
        if round % 3 == 2 {
            proxy.lose_next();
        }
        taken.push(
            numbers
                .next()
                .await
                .expect("a number, by another connection"),
        );
    }
    assert_eq!(proxy.to_lose(), 0);
    // The answers with 2, 6 and 10 were lost.
    assert_eq!(taken, [0, 1, 3, 4, 5, 7, 8, 9, 11, 12]);
    assert_eq!(counter.value(), "13");
}

pub(crate) async fn a_paused_server_is_unavailable_until_it_resumes() {
    let server = OwnServer::start();
    let options = server
        .options()
        .with_answer_timeout(Duration::from_millis(200))
        .with_connect_timeout(Duration::from_millis(200));
    let numbers = sequence(&options, "numbers");
    assert_eq!(numbers.next().await.expect("a number"), 0);
    server.pause();
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..64 {
        let numbers = numbers.clone();
        tasks.spawn(async move { numbers.next().await });
    }
    for answer in tasks.join_all().await {
        let error = answer.expect_err("silence");
        assert!(matches!(error, Error::Unavailable(_)));
        let text = text(&error);
        assert!(text.contains("no answer came in time"), "{text}");
        let port = options.port.to_string();
        assert!(text.contains(&port), "{text}");
    }
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(200), "{waited:?}");
    assert!(waited < Duration::from_secs(5), "{waited:?}");
    server.resume();
    // The server now executes the 64 earlier requests, and their numbers are holes.
    let number = numbers.next().await.expect("a number");
    assert!((1..=65).contains(&number), "{number}");
}

pub(crate) async fn a_stopped_server_is_unavailable_until_it_is_restarted() {
    let mut server = OwnServer::start();
    let numbers = sequence(&server.options(), "numbers");
    assert_eq!(numbers.next().await.expect("a number"), 0);
    server.kill();
    for _ in 0..3 {
        let error = numbers.next().await.expect_err("the server is stopped");
        assert!(matches!(error, Error::Unavailable(_)));
        assert!(
            text(&error).contains("cannot be reached"),
            "{}",
            text(&error)
        );
        let raised = numbers.at_least(3).await;
        assert!(matches!(raised, Err(Error::Unavailable(_))));
    }
    server.start_process();
    assert_eq!(numbers.next().await.expect("a number"), 0);
}

pub(crate) async fn a_restart_between_two_requests_is_tolerated() {
    let mut server = OwnServer::start();
    let numbers = sequence(&server.options(), "numbers");
    for _ in 0..3 {
        assert_eq!(numbers.next().await.expect("a number"), 0);
        server.kill();
        server.start_process();
    }
}

pub(crate) async fn cancelled_requests_do_not_affect_others() {
    let counter = Counter::new();
    let numbers = counter.numbers();
    let mut taken = BTreeSet::new();
    for round in 0..200 {
        let cancelled = tokio::spawn({
            let numbers = numbers.clone();
            async move { numbers.next().await }
        });
        for _ in 0..round % 5 {
            tokio::task::yield_now().await;
        }
        cancelled.abort();
        if let Ok(number) = cancelled.await {
            assert!(taken.insert(number.expect("a number")));
        }
        assert!(taken.insert(numbers.next().await.expect("a number")));
    }
    let used: u64 = counter.value().parse().expect("a number");
    assert!(taken.last().is_some_and(|last| *last < used));
}
