//! Bad requests, slow clients and many connections: the server stays available to other clients.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::MethodRouter;
use es_http::{Limits, RunningServer, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::{SOON, check, get, raw, serve_within as serve};

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("closed")
}

#[tokio::test]
async fn bad_section_ids_are_bad_requests() {
    let server = serve(|_| {}).await;
    let long = "9".repeat(4_000);
    for (path, expected) in [
        ("nonsense/", "400"),
        ("1/", "400"),
        ("1,2,3/", "400"),
        (",/", "400"),
        ("-19,0/", "400"),
        ("0,19/", "400"),
        ("1e3,5/", "400"),
        ("%00/", "400"),
        ("%ff,1/", "400"),
        ("18446744073709551616,1/", "400"),
        ("99999999999999999999999999999999,1/", "400"),
        (&format!("{long},1/"), "400"),
        ("1,20/?size=0", "400"),
        ("1,20/?size=-1", "400"),
        ("1,20/?size=x", "400"),
        ("1,20/?size=99999999999999999999999999", "400"),
        ("9223372036854775807,1/", "200"),
        ("9223372036854775807,1/?size=1000", "200"),
        (&format!("1,{long}/"), "200"),
        ("1,20/more/", "404"),
        ("", "404"),
        ("../../etc/passwd", "404"),
    ] {
        let path = format!("/notifications/{path}");
        let answer = raw(server.address(), &get(&path, "")).await;
        assert_eq!(status(&answer), expected, "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "TRACE", "BREW"] {
        let request = get("/notifications/1,20/", "");
        let request = String::from_utf8(request)
            .unwrap()
            .replacen("GET", method, 1);
        let answer = raw(server.address(), request.as_bytes()).await;
        assert_eq!(status(&answer), "405", "{method}");
    }
    check(server.address()).await;
}

#[tokio::test]
async fn oversized_requests_are_refused() {
    let server = serve(|_| {}).await;
    let address = server.address();
    let path = "/notifications/1,20/";
    let header = format!("X-Long: {}\r\n", "x".repeat(64 * 1_024));
    assert_eq!(status(&raw(address, &get(path, &header)).await), "431");
    let many = "X-Many: x\r\n".repeat(500);
    assert_eq!(status(&raw(address, &get(path, &many)).await), "431");
    let token = format!("Authorization: Bearer {}\r\n", "x".repeat(64 * 1_024));
    assert_eq!(status(&raw(address, &get(path, &token)).await), "431");
    let long = format!("/notifications/{},1/", "1".repeat(64 * 1_024));
    let answer = raw(address, &get(&long, "")).await;
    assert!(matches!(status(&answer), "414" | "431"), "{answer}");
    let body = "Content-Length: 100000000\r\n";
    assert_eq!(status(&raw(address, &get(path, body)).await), "413");
    for garbage in [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", &[0xff; 10_000]] {
        let answer = raw(address, garbage).await;
        assert!(
            matches!(status(&answer), "400" | "431" | "closed"),
            "{answer}"
        );
    }
    check(address).await;
}

#[tokio::test]
async fn a_client_that_sends_headers_too_slowly_is_disconnected() {
    let server = serve(|limits| limits.header_timeout = Duration::from_millis(300)).await;
    let begin = Instant::now();
    let slow = (0..20).map(|_| async {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        while stream.write_all(b"G").await.is_ok() {
            let mut byte = [0];
            let read = timeout(Duration::from_millis(50), stream.read(&mut byte)).await;
            if !matches!(read, Err(_) | Ok(Ok(1..))) {
                break;
            }
            assert!(begin.elapsed() < SOON, "is still served");
        }
    });
    let (_, ()) = tokio::join!(
        futures_util::future::join_all(slow),
        check(server.address())
    );
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let server = serve(|limits| limits.write_timeout = Duration::from_millis(300)).await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request =
        "GET /notifications/1,1/?size=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20);
    let begin = Instant::now();
    // The client never reads. Its writes block when the server stops reading, and fail when the
    // server has closed the connection.
    loop {
        match timeout(Duration::from_secs(1), stream.write_all(request.as_bytes())).await {
            Ok(Ok(())) | Err(_) => {}
            Ok(Err(_)) => break,
        }
        assert!(begin.elapsed() < SOON, "is still served");
    }
    check(server.address()).await;
}

#[tokio::test]
async fn stopping_lets_requests_finish_until_the_timeout() {
    let (started, mut starts) = tokio::sync::mpsc::unbounded_channel();
    let finish = Arc::new(Notify::new());
    let (finishing, start) = (finish.clone(), started.clone());
    let short = get_of(move || {
        start.send(()).unwrap();
        let finishing = finishing.clone();
        async move { finishing.notified().await }
    });
    let long = get_of(move || {
        started.send(()).unwrap();
        std::future::pending()
    });
    let router = Router::new().route("/short", short).route("/long", long);
    let mut limits = Limits::default();
    limits.shutdown_timeout = Duration::from_secs(3);
    let server = Server::new(router).limits(limits).start().await.unwrap();
    let address = server.address();
    let short = tokio::spawn(async move { raw(address, &get("/short", "")).await });
    let long = tokio::spawn(async move { raw(address, &get("/long", "")).await });
    let _idle = TcpStream::connect(address).await.unwrap();
    for _ in 0..2 {
        starts.recv().await.unwrap();
    }
    let stopping = tokio::spawn(server.stop());
    while TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    finish.notify_one();
    assert!(short.await.unwrap().ends_with("done"));
    let stopped = timeout(SOON, stopping).await;
    stopped.expect("within the timeout").unwrap();
    assert_eq!(status(&long.await.unwrap()), "closed");
    assert!(TcpStream::connect(address).await.is_err());
}

/// Returns a route that answers when the future is ready.
fn get_of<F>(work: impl Fn() -> F + Clone + Send + Sync + 'static) -> MethodRouter
where
    F: Future<Output = ()> + Send,
{
    axum::routing::get(move || async move {
        work().await;
        "done"
    })
}

/// Starts a server on a port that was free; retries if another process takes it in between.
async fn on_a_free_port() -> RunningServer {
    for _ in 0..20 {
        let server = Server::new(Router::new()).start().await.unwrap();
        let port = server.address().port();
        server.stop().await;
        if let Ok(server) = Server::new(Router::new()).port(port).start().await {
            return server;
        }
    }
    panic!("a port that was free is not");
}

#[tokio::test]
async fn a_server_listens_on_the_loopback_interface_by_default() {
    let server = Server::new(Router::new()).start().await.unwrap();
    assert!(server.address().ip().is_loopback());
    let server = on_a_free_port().await;
    assert!(server.address().ip().is_loopback());
    let port = server.address().port();
    let taken = Server::new(Router::new()).port(port).start().await;
    assert!(matches!(taken, Err(es_core::error::Error::Unavailable(_))));
    let other = Server::new(Router::new()).expose(([127, 0, 0, 2], 0));
    let other = other.start().await.unwrap();
    assert_eq!(other.address().ip().to_string(), "127.0.0.2");
}
