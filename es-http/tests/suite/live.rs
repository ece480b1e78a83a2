//! Live followers, by server-sent events.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use es_core::notification_log::{NotificationLog, NotificationReader};
use es_http::{LogRouter, RemoteNotificationLog};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;

use crate::support::{SOON, add, client, fetch, log, start, table, url};

/// Reads the ids of the next events.
async fn ids(answer: &mut Response, count: usize) -> Vec<u64> {
    let mut text = String::new();
    loop {
        let ids: Vec<u64> = text
            .split_inclusive("\n\n")
            .filter(|event| event.ends_with("\n\n"))
            .flat_map(str::lines)
            .filter_map(|line| line.strip_prefix("id: ")?.parse().ok())
            .collect();
        if ids.len() >= count {
            return ids;
        }
        let chunk = timeout(SOON, answer.chunk()).await.expect("an event");
        text += std::str::from_utf8(&chunk.unwrap().expect("no end")).unwrap();
    }
}

#[tokio::test]
async fn live_events_start_at_the_position_of_the_follower() {
    let table = table(3).await;
    let server = start(LogRouter::new(log(&table)).into_router()).await;
    let live = format!("{}/live/", url(&server));
    let client = client().build().unwrap();
    let mut answer = client.get(&live).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(ids(&mut answer, 3).await, [1, 2, 3]);
    add(&table, 3..5).await;
    assert_eq!(ids(&mut answer, 2).await, [4, 5]);
    drop(answer);
    let again = client.get(&live).header("last-event-id", "4");
    assert_eq!(ids(&mut again.send().await.unwrap(), 1).await, [5]);
    let after = client.get(format!("{live}?after=3"));
    assert_eq!(ids(&mut after.send().await.unwrap(), 2).await, [4, 5]);
    let both = client
        .get(format!("{live}?after=1"))
        .header("last-event-id", "4");
    assert_eq!(ids(&mut both.send().await.unwrap(), 1).await, [5]);
}

#[tokio::test]
async fn an_event_is_the_item_of_the_section() {
    let server = crate::support::serve(1).await;
    let mut answer = fetch(format!("{}/live/", url(&server))).await;
    let chunk = timeout(SOON, answer.chunk())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let section = fetch(format!("{}/current/", url(&server))).await;
    let section = section.text().await.unwrap();
    let text = std::str::from_utf8(&chunk).unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data: "));
    assert!(section.contains(data.unwrap()));
}

#[tokio::test]
async fn a_malformed_last_event_id_is_a_bad_request() {
    let server = crate::support::serve(1).await;
    let live = format!("{}/live/", url(&server));
    for id in ["x", "-1", "1.5", "99999999999999999999999"] {
        let asking = client()
            .build()
            .unwrap()
            .get(&live)
            .header("last-event-id", id);
        assert_eq!(
            asking.send().await.unwrap().status(),
            StatusCode::BAD_REQUEST
        );
    }
    let asking = client().build().unwrap().get(format!("{live}?after=x"));
    assert_eq!(
        asking.send().await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn live_followers_are_limited_until_one_leaves() {
    let router = LogRouter::new(log(&table(1).await)).max_live(1);
    let server = start(router.into_router()).await;
    let live = format!("{}/live/", url(&server));
    let mut first = fetch(&live).await;
    assert_eq!(ids(&mut first, 1).await, [1]);
    let second = fetch(&live).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    let section = fetch(format!("{}/current/", url(&server))).await;
    assert_eq!(section.status(), StatusCode::OK);
    drop(first);
    let begin = Instant::now();
    while fetch(&live).await.status() != StatusCode::OK {
        assert!(begin.elapsed() < SOON);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn stopping_ends_followers_at_once() {
    let server = crate::support::serve_within(|limits| limits.shutdown_timeout = 10 * SOON).await;
    let live = format!("{}/live/?after=1999", url(&server));
    let mut answer = fetch(live).await;
    assert_eq!(ids(&mut answer, 1).await, [2_000]);
    let stopped = timeout(SOON, server.stop()).await;
    stopped.expect("without the grace that is given to others");
    assert!(answer.chunk().await.unwrap().is_none(), "a proper end");
}

/// A follower that reconnected at once would send requests in a loop.
#[tokio::test]
async fn a_server_whose_streams_end_at_once_is_polled_like_one_without_streams() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let ends = move || {
        count.fetch_add(1, Ordering::Relaxed);
        async { ([(CONTENT_TYPE, "text/event-stream")], ": bye\n\n") }
    };
    let server = start(Router::new().route("/live/", get(ends))).await;
    let log = RemoteNotificationLog::builder(url(&server)).poll_every(10 * SOON);
    let log = log.build().unwrap();
    let changed = NotificationLog::changed(&log, 1.into());
    let changed = timeout(Duration::from_millis(300), changed).await;
    assert!(changed.is_err(), "there is no new notification");
    assert_eq!(requests.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_follower_whose_stream_ends_is_woken_by_the_next_stream() {
    let table = table(1).await;
    let sections = LogRouter::new(log(&table)).into_router();
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let router = sections.layer(from_fn(move |request: Request, next: Next| {
        let is_first =
            request.uri().path().ends_with("/live/") && count.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            let answer = next.run(request).await;
            if is_first {
                return answer.map(|_| ": bye\n\n".into());
            }
            answer
        }
    }));
    let server = start(router).await;
    let remote = RemoteNotificationLog::new(url(&server)).unwrap();
    let mut following = NotificationReader::new(remote).follow();
    let next = timeout(SOON, following.next()).await.expect("present");
    assert_eq!(next.unwrap().unwrap().record_id.get(), 1);
    let comes_late = async {
        while requests.load(Ordering::Relaxed) < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        add(&table, 1..2).await;
    };
    let both = async { tokio::join!(following.next(), comes_late) };
    let (next, ()) = timeout(SOON, both).await.expect("the follower is notified");
    assert_eq!(next.unwrap().unwrap().record_id.get(), 2);
}
