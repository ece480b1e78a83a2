//! The remote log: requests, cache, followers and failures.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use es_core::Retry;
use es_core::error::{Error, NotificationError};
use es_core::notification_log::{
    Notification, NotificationLog, NotificationReader, Section, SectionRequest, SectionSize,
};
use es_http::{Compression, LogRouter, RemoteBuilder, RemoteNotificationLog, Server};
use tokio::time::timeout;

use crate::support::{SOON, add, log, serve, start, table, url};

pub fn remote(url: &str) -> RemoteBuilder {
    let retry = Retry::default().attempts(4).wait(Duration::from_millis(5));
    RemoteNotificationLog::builder(url)
        .retry(retry)
        .poll_every(Duration::from_millis(5))
}

/// Counts answers with content and without.
#[derive(Clone, Default)]
struct Counter(Arc<[AtomicUsize; 2]>);

impl Counter {
    fn around(&self, router: Router) -> Router {
        let counter = self.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let counter = counter.clone();
            async move {
                let answer = next.run(request).await;
                let index = usize::from(answer.status() == StatusCode::NOT_MODIFIED);
                counter.0[index].fetch_add(1, Ordering::Relaxed);
                answer
            }
        }))
    }

    /// Returns the number of sections sent and of `304` answers since the last call.
    fn take(&self) -> [usize; 2] {
        [0, 1].map(|index: usize| self.0[index].swap(0, Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_reader_reads_a_remote_log_as_a_local_one() {
    let table = table(2_346).await;
    let server = start(LogRouter::new(log(&table)).into_router()).await;
    let expected = NotificationReader::new(log(&table)).read().await.unwrap();
    for compression in [Compression::None, Compression::Gzip] {
        for size in [None, Some(SectionSize::MAX), SectionSize::new(7).ok()] {
            let url = format!("/{}///", url(&server)).replacen('/', "", 1);
            let log = remote(&url).compression(compression).build().unwrap();
            let mut reader = NotificationReader::new(log).section_size(size);
            assert_eq!(reader.read().await.unwrap(), expected);
            let sections = 2_346_u64.div_ceil(size.unwrap_or_default().get());
            assert_eq!(reader.section_count() as u64, sections);
            assert_eq!(reader.get(2_000).await.unwrap().unwrap(), expected[2_000]);
        }
    }
}

#[tokio::test]
async fn archived_sections_are_requested_once_and_others_are_sent_only_if_they_changed() {
    let table = table(50).await;
    let counter = Counter::default();
    let router = LogRouter::new(log(&table)).into_router();
    let server = start(counter.around(router)).await;
    let remote = remote(&url(&server)).build().unwrap();
    let mut reader = NotificationReader::new(remote).section_size(None);
    assert_eq!(reader.read_at_most(50).await.unwrap().len(), 50);
    let [sent, known] = counter.take();
    assert!(
        (3..=4).contains(&sent) && known == 0,
        "one section is prefetched after the end"
    );
    reader.seek(0);
    assert_eq!(reader.read_at_most(50).await.unwrap().len(), 50);
    assert_eq!(counter.take(), [0, 1]);
    add(&table, 50..51).await;
    reader.seek(0);
    assert_eq!(reader.read_at_most(51).await.unwrap().len(), 51);
    assert_eq!(counter.take(), [1, 0]);
}

#[tokio::test]
async fn a_follower_survives_a_restart_of_the_server() {
    let table = table(3).await;
    let server = start(LogRouter::new(log(&table)).into_router()).await;
    let (address, remote) = (server.address(), remote(&url(&server)).build().unwrap());
    let mut following = NotificationReader::new(remote).follow();
    for number in 1..=3 {
        let next = timeout(SOON, following.next()).await.unwrap();
        assert_eq!(next.unwrap().unwrap().record_id.get(), number);
    }
    server.stop().await;
    add(&table, 3..4).await;
    let error = timeout(SOON, following.next()).await.unwrap().unwrap();
    assert!(matches!(error, Err(Error::Unavailable(_))));
    let router = LogRouter::new(log(&table)).into_router();
    let router = Router::new().nest("/notifications", router);
    let _server = Server::new(router)
        .port(address.port())
        .start()
        .await
        .unwrap();
    let next = timeout(SOON, following.next()).await.unwrap();
    assert_eq!(next.unwrap().unwrap().record_id.get(), 4);
}

const NEVER: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_follower_is_woken_by_events_and_does_not_poll() {
    let table = table(3).await;
    let counter = Counter::default();
    let router = LogRouter::new(log(&table)).into_router();
    let server = start(counter.around(router)).await;
    let remote = remote(&url(&server)).poll_every(NEVER).build().unwrap();
    let mut reader = NotificationReader::new(remote);
    assert_eq!(reader.read().await.unwrap().len(), 3);
    let mut following = reader.follow();
    counter.take();
    let quiet = timeout(Duration::from_millis(200), following.next()).await;
    assert!(quiet.is_err(), "there is no new notification");
    assert_eq!(counter.take(), [2, 0], "the section once, and the events");
    for number in 4..7 {
        add(&table, number - 1..number).await;
        let next = timeout(SOON, following.next())
            .await
            .expect("the follower is woken");
        assert_eq!(
            next.unwrap().unwrap().record_id.get(),
            number.unsigned_abs()
        );
    }
}

#[tokio::test]
async fn a_follower_polls_a_server_without_events() {
    let invalid: [fn() -> Response; 3] = [
        || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        || StatusCode::SERVICE_UNAVAILABLE.into_response(),
        || "live".into_response(),
    ];
    for answer in invalid {
        let table = table(1).await;
        let sections = LogRouter::new(log(&table)).into_router();
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        let live = get(move || {
            count.fetch_add(1, Ordering::Relaxed);
            async move { answer() }
        });
        let router = Router::new()
            .route("/live/", live)
            .fallback_service(sections);
        let server = start(router).await;
        let log = remote(&url(&server)).build().unwrap();
        let mut following = NotificationReader::new(log).follow();
        for number in 1..4 {
            let next = timeout(SOON, following.next())
                .await
                .expect("the follower polls");
            assert_eq!(next.unwrap().unwrap().record_id.get(), number);
            let _ = timeout(Duration::from_millis(20), following.next()).await;
            add(&table, number.cast_signed()..number.cast_signed() + 1).await;
        }
        let is_busy = answer().status() == StatusCode::SERVICE_UNAVAILABLE;
        assert!(is_busy || requests.load(Ordering::Relaxed) == 1);
    }
}

/// Starts a server whose answer is a function of the number of the request.
async fn faulty_server(
    answer: impl Fn(usize) -> Response + Clone + Send + Sync + 'static,
) -> es_http::RunningServer {
    let count = Arc::new(AtomicUsize::new(0));
    let handler = move || {
        let answer = answer(count.fetch_add(1, Ordering::Relaxed));
        async { answer }
    };
    start(Router::new().fallback(handler)).await
}

const EMPTY: &str = r#"{"items":[],"next_id":null,"previous_id":null,"section_id":"1,20"}"#;

async fn fetch_section(url: &str) -> Result<Section<Notification>, Error> {
    let remote = remote(url).max_section_bytes(1_000).build().unwrap();
    remote.section(SectionRequest::containing(1)).await
}

#[tokio::test]
async fn transient_failures_are_retried() {
    let server = faulty_server(|count| match count {
        0 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        1 => StatusCode::TOO_MANY_REQUESTS.into_response(),
        2 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => EMPTY.into_response(),
    })
    .await;
    assert!(fetch_section(&url(&server)).await.unwrap().items.is_empty());
    let server = faulty_server(|_| StatusCode::BAD_GATEWAY.into_response()).await;
    let error = fetch_section(&url(&server)).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
    assert!(!error.to_string().contains("written"), "{error}");
}

#[tokio::test]
async fn permanent_failures_are_errors_at_once() {
    for status in [400, 401, 403, 404, 410, 304] {
        let status = StatusCode::from_u16(status).unwrap();
        let server = faulty_server(move |count| match count {
            0 => status.into_response(),
            _ => EMPTY.into_response(),
        })
        .await;
        let error = fetch_section(&url(&server)).await.unwrap_err();
        assert!(matches!(error, Error::Notifications(_)), "{status} {error}");
    }
    let long = || " ".repeat(2_000).into_response();
    let other = || EMPTY.replace("1,20", "21,40").into_response();
    for answer in [
        || "<html>".into_response(),
        long,
        other,
        || vec![0xff].into_response(),
    ] {
        let server = faulty_server(move |_| answer()).await;
        let error = fetch_section(&url(&server)).await.unwrap_err();
        assert!(
            matches!(
                error,
                Error::Notifications(NotificationError::MalformedSection { .. })
            ),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_silent_server_runs_into_the_timeout() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let remote = remote(&url).request_timeout(Duration::from_millis(50));
    let remote = remote.build().unwrap();
    let begin = Instant::now();
    let outcome: Result<Section<Notification>, _> = remote.section(SectionRequest::current()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))));
    let taken = begin.elapsed();
    assert!(
        taken > Duration::from_millis(200) && taken < SOON,
        "four tries"
    );
}

#[tokio::test]
async fn a_token_is_sent_and_never_shown() {
    let router = LogRouter::new(log(&table(2).await)).bearer_token("s3cret");
    let server = start(router.into_router()).await;
    let with = remote(&url(&server))
        .bearer_token("s3cret")
        .build()
        .unwrap();
    assert_eq!(NotificationReader::new(with).read().await.unwrap().len(), 2);
    let error = fetch_section(&url(&server)).await.unwrap_err();
    assert!(error.to_string().contains("bearer_token"), "{error}");
    let Err(error) = remote(&url(&server)).bearer_token("s3cret\n").build() else {
        panic!("no header value");
    };
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

/// Starts a server that accepts only requests with this `Authorization` header.
async fn guarded(expected: &'static str) -> es_http::RunningServer {
    let router = LogRouter::new(log(&table(2).await)).into_router();
    start(
        router.layer(from_fn(move |request: Request, next: Next| async move {
            let brought = request.headers().get("authorization");
            if brought.is_some_and(|brought| brought == expected) {
                next.run(request).await
            } else {
                StatusCode::FORBIDDEN.into_response()
            }
        })),
    )
    .await
}

#[tokio::test]
async fn a_user_in_the_url_is_sent_and_never_shown() {
    let secret = "user:s%40cret@";
    // Base64 of `user:s@cret`.
    let server = guarded("Basic dXNlcjpzQGNyZXQ=").await;
    let with = url(&server).replace("http://", &format!("http://{secret}"));
    let log = remote(&with).build().unwrap();
    assert_eq!(NotificationReader::new(log).read().await.unwrap().len(), 2);

    let with = with.replace("user:", "other:");
    let error = fetch_section(&with).await.unwrap_err().to_string();
    assert!(error.contains(&url(&server)), "{error}");
    assert!(
        !error.contains("cret") && !error.contains("other"),
        "{error}"
    );

    server.stop().await;
    let error = fetch_section(&with).await.unwrap_err();
    let mut shown = format!("{error:?}");
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = source {
        shown += &error.to_string();
        source = error.source();
    }
    assert!(!shown.contains("cret"), "{shown}");

    let both = remote(&with).bearer_token("token").build();
    assert!(matches!(both, Err(Error::InvalidSetting { .. })));
}

#[tokio::test]
async fn a_url_with_a_query_or_a_fragment_is_refused() {
    for end in ["?token=s3cret", "#s3cret", "/?", "/#"] {
        let made = RemoteNotificationLog::new(format!("http://localhost/notifications{end}"));
        let Err(error) = made else {
            panic!("{end}");
        };
        assert!(matches!(error, Error::InvalidSetting { .. }), "{end}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn waits_grow_according_to_the_policy() {
    let server = faulty_server(|_| StatusCode::BAD_GATEWAY.into_response()).await;
    let retry = Retry::default()
        .attempts(14)
        .wait(Duration::from_millis(10));
    let remote = RemoteNotificationLog::builder(url(&server)).retry(retry);
    let remote = remote.build().unwrap();
    let begin = Instant::now();
    let outcome: Result<Section<Notification>, _> = remote.section(SectionRequest::current()).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))));
    // Waits that double would take 25 seconds.
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "thirteen times 10 ms"
    );
}

#[cfg(not(feature = "tls"))]
#[test]
fn an_https_url_without_the_feature_is_refused_with_the_remedy() {
    let made = RemoteNotificationLog::new("https://user:s3cret@localhost/notifications");
    let Err(error @ Error::InvalidSetting { setting: "url", .. }) = made else {
        panic!("it is accepted");
    };
    let error = error.to_string();
    assert!(
        error.contains("the feature `http-tls` of `es-rs`"),
        "{error}"
    );
    assert!(!error.contains("s3cret"), "{error}");
}

#[tokio::test]
async fn a_url_is_http() {
    for url in ["", "localhost", "ftp://localhost", "http://"] {
        let made = RemoteNotificationLog::new(url);
        assert!(matches!(made, Err(Error::InvalidSetting { .. })), "{url}");
    }
    let server = serve(0).await;
    let remote = RemoteNotificationLog::new(url(&server)).unwrap();
    assert!(
        NotificationReader::new(remote)
            .read()
            .await
            .unwrap()
            .is_empty()
    );
}
