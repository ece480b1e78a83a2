//! Logs to serve, and raw HTTP requests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use es_core::notification_log::LocalNotificationLog;
use es_http::{Limits, LogRouter, RunningServer, Server};
use es_store::{MemoryRecordManager, Position, RecordManager, SequencedItem, Table, Topic};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

/// A timeout that only a hanging server reaches, also on a busy machine.
pub const SOON: Duration = Duration::from_secs(60);

/// Creates a table with `count` notifications.
pub async fn table(count: i64) -> Arc<MemoryRecordManager> {
    let table = Arc::new(MemoryRecordManager::new(Table::stored_events()));
    add(&table, 0..count).await;
    table
}

pub async fn add(table: &MemoryRecordManager, positions: std::ops::Range<i64>) {
    let item = |position| SequencedItem {
        sequence_id: Uuid::nil(),
        position: Position::Integer(position),
        topic: Topic::new("worlds#World.SomethingHappened"),
        data: format!(r#"{{"position":{position},"what":"dinosaurs, and trucks"}}"#).into(),
    };
    table.append(positions.map(item).collect()).await.unwrap();
}

pub fn log(table: &Arc<MemoryRecordManager>) -> LocalNotificationLog {
    let log = LocalNotificationLog::new(table.clone()).unwrap();
    log.poll_every(Duration::from_millis(5))
}

/// Serves a log of `count` notifications under `/notifications`.
pub async fn serve(count: i64) -> RunningServer {
    let router = LogRouter::new(log(&table(count).await)).into_router();
    start(router).await
}

pub async fn start(router: axum::Router) -> RunningServer {
    let router = axum::Router::new().nest("/notifications", router);
    Server::new(router).start().await.unwrap()
}

pub fn url(server: &RunningServer) -> String {
    format!("{}/notifications", server.url())
}

/// Returns a builder of clients. With TLS, the default client of `reqwest` requires a default provider
/// of cryptography in the process, and remote logs have to work without one.
pub fn client() -> reqwest::ClientBuilder {
    let client = reqwest::Client::builder();
    #[cfg(feature = "tls")]
    let client = client.tls_backend_preconfigured({
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth()
    });
    client
}

/// Sends a request over a new connection.
pub async fn fetch(url: impl reqwest::IntoUrl) -> reqwest::Response {
    client().build().unwrap().get(url).send().await.unwrap()
}

/// Sends bytes and returns the answer, up to the end of the connection or a timeout.
pub async fn raw(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The write fails if the server closes the connection before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let mut part = [0; 4_096];
    while let Ok(Ok(read)) = timeout(SOON, stream.read(&mut part)).await {
        if read == 0 {
            break;
        }
        answer.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").into()
}

/// Serves a log of 2,000 notifications with changed limits.
pub async fn serve_within(limits: impl FnOnce(&mut Limits)) -> RunningServer {
    let mut all = Limits::default();
    limits(&mut all);
    let router = LogRouter::new(log(&table(2_000).await)).into_router();
    let router = Router::new().nest("/notifications", router);
    Server::new(router).limits(all).start().await.unwrap()
}

/// Checks that the server answers another client in time.
pub async fn check(address: SocketAddr) {
    let answer = timeout(SOON, raw(address, &get("/notifications/1,20/", ""))).await;
    let answer = answer.expect("an answer in time");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}
