use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use es_core::infrastructure::{Position, SequencedItem};
use es_core::topic::Topic;
use es_postgres::tokio_postgres::{Client, Config, NoTls};
use tokio::task::JoinSet;
use uuid::Uuid;

const VARIABLE: &str = "ES_POSTGRES_URL";

pub(crate) fn is_there() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// A schema of its own for each measurement.
pub(crate) struct Schema(pub(crate) String);

impl Schema {
    pub(crate) async fn new() -> Self {
        let this = Self(format!("es_bench_{}", Uuid::new_v4().simple()));
        let sql = format!("CREATE SCHEMA {}", this.0);
        this.connect()
            .await
            .batch_execute(&sql)
            .await
            .expect("made");
        this
    }

    pub(crate) fn config(&self) -> Config {
        let uri = std::env::var(VARIABLE).expect("a server");
        let mut config: Config = uri.parse().expect("an address");
        config.options(format!("-c search_path={}", self.0));
        config
    }

    pub(crate) async fn connect(&self) -> Client {
        let (client, connection) = self.config().connect(NoTls).await.expect("a server");
        tokio::spawn(connection);
        client
    }

    pub(crate) async fn drop(self) {
        let sql = format!("DROP SCHEMA {} CASCADE", self.0);
        self.connect()
            .await
            .batch_execute(&sql)
            .await
            .expect("dropped");
    }
}

/// A first event of 144 bytes.
pub(crate) fn item() -> SequencedItem {
    SequencedItem {
        sequence_id: Uuid::now_v7(),
        position: Position::Integer(0),
        topic: Topic::new("World.SomethingHappened"),
        data: "x".repeat(144).into(),
    }
}

pub(crate) struct Count {
    pub(crate) kept: u64,
    elapsed: Duration,
}

impl Count {
    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let kept = self.kept as f64;
        kept / self.elapsed.as_secs_f64()
    }
}

/// Has a number of callers append, each one after another, for a round.
pub(crate) async fn rate<F>(
    callers: usize,
    append: impl Fn() -> F + Send + Sync + Clone + 'static,
) -> Count
where
    F: Future<Output = ()> + Send,
{
    let kept = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (append, kept) = (append.clone(), kept.clone());
        tasks.spawn(async move {
            while begin.elapsed() < crate::ROUND {
                append().await;
                kept.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tasks.join_all().await;
    Count {
        kept: kept.load(Ordering::Relaxed),
        elapsed: begin.elapsed(),
    }
}
