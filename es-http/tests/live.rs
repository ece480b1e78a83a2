//! Following live, by server-sent events.

#![allow(clippy::unwrap_used, unreachable_pub)]

use std::time::{Duration, Instant};

use es_http::LogRouter;
use reqwest::{Client, Response, StatusCode};
use support::{SOON, add, log, start, table, url};
use tokio::time::timeout;

mod support;

/// The ids of the next events.
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
async fn events_come_from_where_the_follower_was_and_as_they_happen() {
    let table = table(3).await;
    let server = start(LogRouter::new(log(&table)).into_router()).await;
    let live = format!("{}/live/", url(&server));
    let client = Client::new();
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
    let server = support::serve(1).await;
    let mut answer = reqwest::get(format!("{}/live/", url(&server)))
        .await
        .unwrap();
    let chunk = timeout(SOON, answer.chunk())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let section = reqwest::get(format!("{}/current/", url(&server)))
        .await
        .unwrap();
    let section = section.text().await.unwrap();
    let text = std::str::from_utf8(&chunk).unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data: "));
    assert!(section.contains(data.unwrap()));
}

#[tokio::test]
async fn a_senseless_last_event_id_is_refused() {
    let server = support::serve(1).await;
    let live = format!("{}/live/", url(&server));
    for id in ["x", "-1", "1.5", "99999999999999999999999"] {
        let asking = Client::new().get(&live).header("last-event-id", id);
        assert_eq!(
            asking.send().await.unwrap().status(),
            StatusCode::BAD_REQUEST
        );
    }
    let asking = Client::new().get(format!("{live}?after=x"));
    assert_eq!(
        asking.send().await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn followers_are_limited_and_a_place_becomes_free() {
    let router = LogRouter::new(log(&table(1).await)).max_live(1);
    let server = start(router.into_router()).await;
    let live = format!("{}/live/", url(&server));
    let mut first = reqwest::get(&live).await.unwrap();
    assert_eq!(ids(&mut first, 1).await, [1]);
    let second = reqwest::get(&live).await.unwrap();
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    let section = reqwest::get(format!("{}/current/", url(&server)))
        .await
        .unwrap();
    assert_eq!(section.status(), StatusCode::OK);
    drop(first);
    let begin = Instant::now();
    while reqwest::get(&live).await.unwrap().status() != StatusCode::OK {
        assert!(begin.elapsed() < SOON);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn stopping_ends_followers_at_once() {
    let server = support::serve_within(|limits| limits.grace = 10 * SOON).await;
    let live = format!("{}/live/?after=1999", url(&server));
    let mut answer = reqwest::get(live).await.unwrap();
    assert_eq!(ids(&mut answer, 1).await, [2_000]);
    let stopped = timeout(SOON, server.stop()).await;
    stopped.expect("without the grace that is given to others");
    assert!(answer.chunk().await.unwrap().is_none(), "a proper end");
}
