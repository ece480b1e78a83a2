//! Sections over HTTP: content, caching and tokens.

use std::io::Read;

use es_core::notification_log::{NotificationLog, Section, SectionRequest, SectionSize};
use es_http::LogRouter;
use reqwest::StatusCode;
use reqwest::header::{CACHE_CONTROL, CONTENT_LENGTH, ETAG, HeaderMap, IF_NONE_MATCH};

use crate::support::{client, fetch, log, serve, start, table, url};

fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_body_is_the_json_of_the_section() {
    let table = table(45).await;
    let server = start(LogRouter::new(log(&table)).into_router()).await;
    for (section, request) in [
        ("current", SectionRequest::current()),
        ("1,20", SectionRequest::containing(1)),
        ("25,3", SectionRequest::containing(21)),
        ("900,1", SectionRequest::containing(900)),
    ] {
        let expected = log(&table).section(request).await.unwrap().to_json();
        for slash in ["", "/"] {
            let url = format!("{}/{section}{slash}", url(&server));
            let answer = fetch(url).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(header(answer.headers(), "content-type"), "application/json");
            assert_eq!(answer.text().await.unwrap(), expected, "{section}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn larger_sections_are_available_up_to_the_limit() {
    let table = table(450).await;
    let router = LogRouter::new(log(&table)).max_section_size(SectionSize::new(100).unwrap());
    let server = start(router.into_router()).await;
    for (query, id) in [
        ("", "181,200"),
        ("?size=50", "151,200"),
        ("?size=100", "101,200"),
        ("?size=1000", "101,200"),
        ("?size=18446744073709551615", "101,200"),
    ] {
        let url = format!("{}/200,200/{query}", url(&server));
        let text = fetch(url).await.text().await.unwrap();
        let section: Section<es_core::notification_log::Notification> =
            Section::from_json(&text).unwrap();
        assert_eq!(section.id.to_string(), id, "{query}");
    }
}

#[tokio::test]
async fn archived_sections_are_immutable_and_others_are_not() {
    let server = serve(25).await;
    for (section, expected) in [
        ("1,20", "public, max-age=31536000, immutable"),
        ("21,40", "no-cache"),
        ("current", "no-cache"),
    ] {
        let answer = fetch(format!("{}/{section}/", url(&server))).await;
        assert_eq!(answer.headers()[CACHE_CONTROL], expected, "{section}");
    }
}

#[tokio::test]
async fn a_cached_section_is_not_sent_again_until_it_changes() {
    let table = table(25).await;
    let server = start(LogRouter::new(log(&table)).into_router()).await;
    let url = format!("{}/current/", url(&server));
    let client = client().build().unwrap();
    let first = client.get(&url).send().await.unwrap();
    let etag = first.headers()[ETAG].clone();
    let again = || client.get(&url).header(IF_NONE_MATCH, &etag).send();
    let answer = again().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(answer.headers()[ETAG], etag);
    assert!(answer.text().await.unwrap().is_empty());
    crate::support::add(&table, 25..26).await;
    assert_eq!(again().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn head_returns_the_headers_of_get() {
    let server = serve(25).await;
    let url = format!("{}/1,20/", url(&server));
    let client = client().gzip(false).build().unwrap();
    let get = client.get(&url).send().await.unwrap();
    let head = client.head(&url).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    for name in [ETAG, CACHE_CONTROL, CONTENT_LENGTH] {
        assert_eq!(head.headers()[&name], get.headers()[&name]);
    }
    assert!(head.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn sections_are_compressed_if_the_client_accepts_it() {
    let server = serve(25).await;
    let url = format!("{}/1,20/", url(&server));
    let client = client().gzip(false).build().unwrap();
    let plain = client.get(&url).send().await.unwrap();
    let plain = plain.text().await.unwrap();
    let packed = client
        .get(&url)
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(header(packed.headers(), "content-encoding"), "gzip");
    assert_eq!(header(packed.headers(), "vary"), "accept-encoding");
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() * 2 < plain.len());
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&*packed)
        .read_to_string(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain);
}

#[tokio::test]
async fn a_log_with_tokens_accepts_each_of_them_and_nothing_else() {
    let router = LogRouter::new(log(&table(25).await))
        .bearer_token("new")
        .bearer_token("old");
    let server = start(router.into_router()).await;
    let client = client().build().unwrap();
    for path in ["current/", "live/", "nonsense/"] {
        let url = format!("{}/{path}", url(&server));
        let missing = client.get(&url).send().await.unwrap();
        assert_eq!(missing.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(header(missing.headers(), "www-authenticate"), "Bearer");
        for wrong in ["Bearer wrong", "Bearer ", "Bearer", "Basic bmV3", "new"] {
            let answer = client.get(&url).header("authorization", wrong).send().await;
            assert_eq!(
                answer.unwrap().status(),
                StatusCode::UNAUTHORIZED,
                "{wrong}"
            );
        }
    }
    for token in ["new", "old"] {
        let url = format!("{}/1,20/", url(&server));
        let answer = client.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(header(answer.headers(), "cache-control").starts_with("private"));
    }
}
