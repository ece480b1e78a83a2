//! Tests of the example `two_services`: each service is stopped, killed and restarted.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(60);

struct Service {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Service {
    fn start(arguments: &[&str]) -> Self {
        // Cargo builds the examples into a folder beside the one of the tests.
        let mut program = std::env::current_exe().unwrap();
        program.pop();
        program.pop();
        let program = program.join("examples/two_services");
        assert!(
            program.exists(),
            "`cargo build --examples --all-features` makes it"
        );
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        }
    }

    async fn line(&mut self) -> String {
        let line = timeout(SOON, self.lines.next_line()).await;
        line.expect("a line in time").unwrap().expect("a line")
    }

    /// Reads lines until this one.
    async fn expect(&mut self, line: &str) {
        while self.line().await != line {}
    }

    async fn place(&mut self, article: &str) {
        self.input
            .write_all(format!("{article}\n").as_bytes())
            .await
            .unwrap();
        assert_eq!(self.line().await, format!("placed {article}"));
    }

    async fn stop(mut self) {
        drop(self.input);
        let ended = timeout(SOON, self.child.wait()).await;
        assert!(ended.expect("an end in time").unwrap().success());
    }

    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Returns a free port below the range of client ports, so that it stays free while the server is
/// down.
fn port() -> u16 {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..=u16::MAX).find(is_free).unwrap()
}

#[tokio::test]
async fn sales_are_counted_once_across_restarts_of_both_services() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (database, file) = (path("orders.db"), path("sales.json"));

    let port = port().to_string();
    let mut orders = Service::start(&["orders", &database, &port]);
    let url = orders.line().await;
    orders.place("tea").await;
    let mut sales = Service::start(&["sales", &file, &url]);
    sales.expect(r#"1 {"tea":1}"#).await;
    orders.place("coffee").await;
    sales.expect(r#"2 {"coffee":1,"tea":1}"#).await;

    // The follower is down.
    sales.kill().await;
    orders.place("tea").await;
    let mut sales = Service::start(&["sales", &file, &url]);
    sales.expect(r#"3 {"coffee":1,"tea":2}"#).await;

    // The followed service is down, stopped first and then killed.
    orders.stop().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut orders = Service::start(&["orders", &database, &port]);
    assert_eq!(orders.line().await, url);
    orders.place("tea").await;
    sales.expect(r#"4 {"coffee":1,"tea":3}"#).await;
    orders.kill().await;

    // Both are down.
    sales.stop().await;
    let mut orders = Service::start(&["orders", &database, &port]);
    assert_eq!(orders.line().await, url);
    orders.place("coffee").await;
    let mut sales = Service::start(&["sales", &file, &url]);
    sales.expect(r#"5 {"coffee":2,"tea":3}"#).await;
    sales.stop().await;
    orders.stop().await;
}
