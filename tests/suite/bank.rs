//! Tests of the example `bank` through its HTTP API. Its process is killed during transfers and
//! restarted.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const SOON: Duration = Duration::from_secs(60);

struct Bank {
    child: Child,
    url: String,
    client: Client,
}

impl Bank {
    /// Starts the service on a free port, which it prints.
    async fn start(database: &Path) -> Self {
        // Cargo builds the examples into a folder beside the one of the tests.
        let mut program = std::env::current_exe().unwrap();
        program.pop();
        program.pop();
        let program = program.join("examples/bank");
        assert!(
            program.exists(),
            "`cargo build --examples --all-features` makes it"
        );
        let mut child = Command::new(program)
            .arg(database)
            .arg("0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(SOON, lines.next_line()).await;
        Self {
            child,
            url: line.expect("in time").unwrap().expect("a line"),
            client: client(),
        }
    }

    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    async fn try_post(&self, path: &str, body: &Value) -> reqwest::Result<(StatusCode, String)> {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json");
        let response = request.body(body.to_string()).send().await?;
        Ok((response.status(), response.text().await?))
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, text) = self.try_post(path, &body).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.client.get(format!("{}{path}", self.url)).send().await;
        serde_json::from_str(&response.unwrap().text().await.unwrap()).unwrap()
    }

    async fn refusal(&self, path: &str, body: Value) -> StatusCode {
        self.try_post(path, &body).await.unwrap().0
    }

    async fn open(&self, owner: &str) -> String {
        let opened = self.post("/accounts", json!({ "owner": owner })).await;
        opened["id"].as_str().unwrap().to_owned()
    }

    /// Returns the cents of each owner, once the read model has reached a record id.
    async fn balances(&self, after: &Value) -> Vec<(String, i64)> {
        let balances = self.get(&format!("/balances?after={after}")).await;
        let balance = |it: &Value| {
            (
                it["owner"].as_str().unwrap().to_owned(),
                it["cents"].as_i64().unwrap(),
            )
        };
        balances.as_array().unwrap().iter().map(balance).collect()
    }
}

fn client() -> Client {
    // The client panics without a default provider if the feature `http-tls` is on. A second call
    // fails, which leaves the first provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

fn balances(ada: i64, bob: i64) -> Vec<(String, i64)> {
    vec![("Ada".to_owned(), ada), ("Bob".to_owned(), bob)]
}

#[tokio::test]
async fn money_moves_once_despite_kills() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("bank.db");
    let mut bank = Bank::start(&database).await;
    let (ada, bob) = (bank.open("Ada").await, bank.open("Bob").await);
    let deposits = format!("/accounts/{ada}/deposits");
    let deposited = bank.post(&deposits, json!({ "cents": 1_000 })).await;
    assert_eq!(
        bank.balances(&deposited["position"]).await,
        balances(1_000, 0)
    );
    let withdrawals = format!("/accounts/{ada}/withdrawals");
    let withdrawn = bank.post(&withdrawals, json!({ "cents": 100 })).await;
    assert_eq!(
        bank.balances(&withdrawn["position"]).await,
        balances(900, 0)
    );

    let order = |cents: i64| json!({ "from": ada, "to": bob, "cents": cents });
    let paid = bank.post("/transfers", order(200)).await;
    assert_eq!(paid["outcome"], "paid");
    assert_eq!(bank.balances(&paid["position"]).await, balances(700, 200));
    let refused = bank.post("/transfers", order(701)).await;
    assert_eq!(refused["outcome"], "refused: so much cannot be withdrawn");
    assert_eq!(
        bank.balances(&refused["position"]).await,
        balances(700, 200)
    );

    // The service is killed while it executes transfers. Requests without an answer may have taken
    // effect.
    let mut answered = 0;
    for round in 0..3_u64 {
        let transfers = async {
            while let Ok((status, _)) = bank.try_post("/transfers", &order(1)).await {
                assert_eq!(status, StatusCode::OK);
                answered += 1;
            }
        };
        let killed = tokio::time::timeout(Duration::from_millis(100 + 70 * round), transfers);
        killed.await.expect_err("it answers until it is killed");
        bank.kill().await;
        bank = Bank::start(&database).await;
    }
    let last = bank.post("/transfers", order(1)).await;
    assert_eq!(last["outcome"], "paid");
    let ends = bank.balances(&last["position"]).await;
    let moved = ends[1].1 - 200;
    assert_eq!(ends, balances(700 - moved, 200 + moved));
    let acknowledged = answered + 1;
    // Each kill may hide the answer to one more transfer.
    assert!(
        (acknowledged..=acknowledged + 3).contains(&moved),
        "{moved} transfers, {acknowledged} acknowledged"
    );
    bank.kill().await;
}

#[tokio::test]
async fn invalid_requests_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let bank = Bank::start(&directory.path().join("bank.db")).await;
    let ada = bank.open("Ada").await;
    let withdrawals = format!("/accounts/{ada}/withdrawals");
    let overdrawn = bank.refusal(&withdrawals, json!({ "cents": 1 })).await;
    assert_eq!(overdrawn, StatusCode::UNPROCESSABLE_ENTITY);
    let account = bank.get(&format!("/accounts/{ada}")).await;
    assert_eq!(account, json!({ "version": 0, "owner": "Ada", "cents": 0 }));
    let nobody = format!("/accounts/{}/deposits", uuid::Uuid::new_v4());
    let unknown = bank.refusal(&nobody, json!({ "cents": 1 })).await;
    assert_eq!(unknown, StatusCode::NOT_FOUND);
    let order = json!({ "from": ada, "to": uuid::Uuid::new_v4(), "cents": 1 });
    let transfer = bank.post("/transfers", order).await;
    assert_eq!(transfer["outcome"], "refused: there is no such account");
    bank.kill().await;
}
