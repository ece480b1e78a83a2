use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use es_core::infrastructure::{Position, SequencedItem};
use es_core::topic::Topic;
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::mysql_async::{Conn, Opts, OptsBuilder};
use tokio::task::JoinSet;
use uuid::Uuid;

const VARIABLE: &str = "ES_MYSQL_URL";

pub(crate) fn is_there() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// A database of its own for each measurement.
pub(crate) struct Schema(pub(crate) String);

impl Schema {
    pub(crate) async fn new() -> Self {
        let this = Self(format!("es_bench_{}", Uuid::new_v4().simple()));
        let sql = format!("CREATE DATABASE {}", this.0);
        let mut connection = Conn::new(server()).await.expect("a server");
        connection.query_drop(sql).await.expect("made");
        this
    }

    pub(crate) fn config(&self) -> Opts {
        OptsBuilder::from_opts(server())
            .db_name(Some(&self.0))
            .into()
    }

    pub(crate) async fn connect(&self) -> Conn {
        Conn::new(self.config()).await.expect("a server")
    }

    pub(crate) async fn drop(self) {
        let sql = format!("DROP DATABASE {}", self.0);
        let dropped = self.connect().await.query_drop(sql).await;
        dropped.expect("dropped");
    }
}

fn server() -> Opts {
    let uri = std::env::var(VARIABLE).expect("a server");
    let opts = Opts::from_url(&uri).expect("an address");
    OptsBuilder::from_opts(opts).prefer_socket(false).into()
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
