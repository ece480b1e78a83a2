//! What the server, the network and other programs do, and what the store makes of it.

#[allow(dead_code, reason = "what the torture test needs is not needed here")]
mod backends;

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use es_core::RecordError;
use es_core::infrastructure::{
    Datastore, ItemQuery, Position, RecordId, RecordManager, SequencedItem, Table,
};
use es_core::topic::Topic;
use es_postgres::tokio_postgres::{Config, NoTls};
use es_postgres::{PostgresDatastore, PostgresOptions, deadpool_postgres};
use es_testing::store::LossyProxy;
use libtest_mimic::{Arguments, Trial};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use backends::{Schemas, config, config_of, connect, is_there, text};

/// What only a server that hangs takes.
const LONG: Duration = Duration::from_secs(60);

type Check = fn(Schema) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        const CASES: &[(&str, Check)] = &[$((stringify!($name), |schema| Box::pin($name(schema)))),*];
    };
}

cases![
    an_unknown_user_is_told_so,
    an_unknown_database_is_told_so,
    a_server_out_of_reach_is_unavailable,
    a_full_server_is_unavailable_and_comes_back,
    a_read_only_server_is_read_and_says_why_it_is_not_written,
    connections_that_are_cut_are_made_anew,
    a_commit_without_an_answer_is_found_out,
    a_pool_that_is_passed_in_is_shared_and_left_open,
    a_follower_is_woken_by_a_commit_of_another_process,
    another_programs_lock_is_waited_for_with_patience,
    a_text_that_cannot_be_kept_fails_alone,
    migrating_twice_changes_nothing,
    a_table_of_django_is_used_as_it_is,
];

/// A new schema on the server.
struct Schema(String);

fn main() {
    let schemas = Arc::new(Schemas::default());
    let trial = |(name, check): &(&str, Check)| {
        let (schemas, check) = (schemas.clone(), *check);
        let trial = Trial::test(format!("postgres::{name}"), move || {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(async {
                let schema = format!("es_{}", Uuid::new_v4().simple());
                schemas.make(&schema).await;
                check(Schema(schema)).await;
            });
            Ok(())
        });
        trial.with_ignored_flag(!is_there())
    };
    let trials = CASES.iter().map(trial).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(schemas.drop_all());
    conclusion.exit();
}

impl Schema {
    fn options(&self) -> PostgresOptions {
        PostgresOptions::new(config_of(&self.0)).with_connections(2)
    }

    async fn events(&self) -> Arc<dyn RecordManager> {
        events(self.options()).await
    }
}

/// A new handle on the table of events, which is there.
async fn events(options: PostgresOptions) -> Arc<dyn RecordManager> {
    let database = PostgresDatastore::open(options).await.expect("opened");
    let events = database.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    events
}

fn item(sequence_id: Uuid, n: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(n),
        topic: Topic::new("World.Happened"),
        data: format!("{{\"n\":{n}}}").into(),
    }
}

async fn refusal(config: Config) -> RecordError {
    let options = PostgresOptions::new(config).with_patience(Duration::from_secs(2));
    match PostgresDatastore::open(options).await {
        Ok(_) => panic!("it opens"),
        Err(error) => error,
    }
}

async fn an_unknown_user_is_told_so(_: Schema) {
    let error = refusal(config().user("nobody_of_that_name").clone()).await;
    assert!(matches!(error, RecordError::Backend { .. }), "{error:?}");
    assert!(
        text(&error).contains("refused the user"),
        "{}",
        text(&error)
    );
}

async fn an_unknown_database_is_told_so(_: Schema) {
    let error = refusal(config().dbname("no_such_database").clone()).await;
    assert!(matches!(error, RecordError::Backend { .. }), "{error:?}");
    assert!(
        text(&error).contains("no database of that name"),
        "{}",
        text(&error)
    );
}

async fn a_server_out_of_reach_is_unavailable(_: Schema) {
    let error = refusal(Config::new().host("127.0.0.1").port(1).user("es").clone()).await;
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(
        text(&error).contains("cannot be reached"),
        "{}",
        text(&error)
    );
}

/// Opens the store again and again, until the server has no connection left; answers with what the store says of that.
/// (A connection that has just ended counts for a moment longer, so that a count of them would say less.)
async fn fill(options: &PostgresOptions) -> (Vec<PostgresDatastore>, RecordError) {
    let mut open = Vec::new();
    loop {
        match PostgresDatastore::open(options.clone()).await {
            Ok(database) => open.push(database),
            Err(error) => return (open, error),
        }
    }
}

/// What an operation answers when the server can be had again: it takes its time to see that a client has gone.
async fn when_available<T, F>(operation: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, RecordError>>,
{
    let trying = async {
        loop {
            match operation().await {
                Err(RecordError::Unavailable { .. }) => sleep(Duration::from_millis(20)).await,
                answer => return answer.expect("an answer"),
            }
        }
    };
    timeout(LONG, trying).await.expect("it comes back")
}

async fn a_full_server_is_unavailable_and_comes_back(schema: Schema) {
    let role = format!("{}_few", schema.0);
    let client = connect(&config()).await;
    let make = format!(
        "CREATE ROLE {role} LOGIN CONNECTION LIMIT 2; GRANT ALL ON SCHEMA {} TO {role}",
        schema.0
    );
    client.batch_execute(&make).await.expect("a role");
    let options = PostgresOptions::new(config_of(&schema.0).user(&role).clone())
        .with_patience(Duration::from_secs(2));
    let events = events(options.clone()).await;
    events
        .append(vec![item(Uuid::new_v4(), 0)])
        .await
        .expect("kept");
    let (others, error) = fill(&options).await;
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(text(&error).contains("max_connections"), "{}", text(&error));
    for other in others {
        other.close().await.expect("closed");
    }
    let max = when_available(|| events.max_record_id()).await;
    assert_eq!(max, RecordId::new(1));
    events.close().await.expect("closed");
    let sql = format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}");
    client.batch_execute(&sql).await.expect("dropped");
}

async fn a_read_only_server_is_read_and_says_why_it_is_not_written(schema: Schema) {
    let id = Uuid::new_v4();
    schema
        .events()
        .await
        .append(vec![item(id, 0)])
        .await
        .expect("kept");
    let mut config = config_of(&schema.0);
    config.options(format!(
        "-c search_path={} -c default_transaction_read_only=on",
        schema.0
    ));
    let events = events(PostgresOptions::new(config)).await;
    assert_eq!(
        events.items(ItemQuery::new(id)).await.expect("read"),
        [item(id, 0)]
    );
    let error = events
        .append(vec![item(id, 1)])
        .await
        .expect_err("read-only");
    assert!(matches!(error, RecordError::Backend { .. }), "{error:?}");
    assert!(text(&error).contains("read-only"), "{}", text(&error));
}

async fn connections_that_are_cut_are_made_anew(schema: Schema) {
    let events = schema.events().await;
    let id = Uuid::new_v4();
    let killer = connect(&config()).await;
    for n in 0..5 {
        events.append(vec![item(id, n)]).await.expect("kept");
        events.items(ItemQuery::new(id)).await.expect("read");
        let sql = "SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity WHERE application_name = $1";
        let cut: i64 = killer
            .query_one(sql, &[&schema.0])
            .await
            .expect("cut")
            .get(0);
        assert!(cut > 0);
    }
    assert_eq!(
        events.items(ItemQuery::new(id)).await.expect("read").len(),
        5
    );
}

async fn a_commit_without_an_answer_is_found_out(schema: Schema) {
    let mut config = config_of(&schema.0);
    let [es_postgres::tokio_postgres::config::Host::Tcp(host)] = config.get_hosts() else {
        panic!("an address");
    };
    let server: SocketAddr = format!("{host}:{}", config.get_ports()[0])
        .parse()
        .expect("an address of numbers");
    let proxy = LossyProxy::before(server, "COMMIT\0").await;
    let mut lossy = Config::new();
    lossy
        .host("127.0.0.1")
        .port(proxy.address().port())
        .user(config.get_user().expect("a user"))
        .dbname(config.get_dbname().expect("a database"))
        .options(config.get_options().expect("a schema"));
    config = lossy;
    let events = events(PostgresOptions::new(config)).await;
    let id = Uuid::new_v4();
    let mut next = 0;
    for _ in 0..5 {
        proxy.lose_next();
        let appended = events.append(vec![item(id, next)]).await;
        next += 1;
        let last = appended.expect("kept, as was found out").last();
        assert_eq!(last.map(RecordId::get), u64::try_from(next).ok());
        assert_eq!(proxy.to_lose(), 0, "the answer was lost");
        let stored = events.items(ItemQuery::new(id)).await.expect("read");
        assert_eq!(
            i64::try_from(stored.len()),
            Ok(next),
            "the answer is the truth"
        );
    }
}

async fn a_pool_that_is_passed_in_is_shared_and_left_open(schema: Schema) {
    let manager = deadpool_postgres::Manager::new(config_of(&schema.0), NoTls);
    let pool = deadpool_postgres::Pool::builder(manager)
        .max_size(2)
        .build();
    let pool = pool.expect("a pool");
    let database = PostgresDatastore::from_pool(pool.clone());
    let events = database.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    events
        .append(vec![item(Uuid::new_v4(), 0)])
        .await
        .expect("kept");
    database.close().await.expect("closed");
    let client = pool.get().await.expect("it is the caller's");
    let count = client
        .query_one("SELECT count(*) FROM stored_events", &[])
        .await;
    assert_eq!(count.expect("counted").get::<_, i64>(0), 1);
}

async fn a_follower_is_woken_by_a_commit_of_another_process(schema: Schema) {
    const FOREVER: Duration = Duration::from_secs(600);
    let (writer, follower) = (schema.events().await, schema.events().await);
    let mut wake_up = follower.wake_up();
    // It is woken when it has begun to listen.
    wake_up.wait(FOREVER).await;
    for n in 0..3 {
        writer
            .append(vec![item(Uuid::new_v4(), 0)])
            .await
            .expect("kept");
        timeout(LONG, wake_up.wait(FOREVER))
            .await
            .expect("it is woken");
        assert_eq!(follower.max_record_id().await.expect("read").get(), n + 1);
    }
}

async fn another_programs_lock_is_waited_for_with_patience(schema: Schema) {
    let options = schema.options().with_patience(Duration::from_secs(3));
    let events = events(options).await;
    let mut client = connect(&config_of(&schema.0)).await;
    let transaction = client.transaction().await.expect("begun");
    let items = [item(Uuid::new_v4(), 0)];
    let appended = es_postgres::append_in(&transaction, &Table::stored_events(), &items).await;
    assert_eq!(appended.expect("kept").last(), Some(RecordId::new(1)));
    let error = events.append(vec![item(Uuid::new_v4(), 0)]).await;
    let error = error.expect_err("the lock is held");
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(text(&error).contains("holds the lock"), "{}", text(&error));
    transaction.rollback().await.expect("rolled back");
    let appended = events.append(vec![item(Uuid::new_v4(), 0)]).await;
    assert_eq!(appended.expect("kept").last(), Some(RecordId::new(1)));
}

async fn a_text_that_cannot_be_kept_fails_alone(schema: Schema) {
    let events = schema.events().await;
    let mut bad = item(Uuid::new_v4(), 0);
    bad.data = "NUL \0".into();
    let (bad, good) = tokio::join!(
        events.append(vec![bad]),
        events.append(vec![item(Uuid::new_v4(), 0)])
    );
    assert!(matches!(bad, Err(RecordError::Invalid { .. })), "{bad:?}");
    assert_eq!(good.expect("kept").last(), Some(RecordId::new(1)));
}

async fn migrating_twice_changes_nothing(schema: Schema) {
    let database = PostgresDatastore::open(schema.options())
        .await
        .expect("opened");
    let events = database.table(Table::stored_events()).expect("a table");
    let missing = events.migrate().await;
    assert!(
        matches!(missing, Err(RecordError::Schema { .. })),
        "{missing:?}"
    );
    events.setup().await.expect("made");
    let newest = events.migrate().await.expect("migrated");
    assert_eq!(events.migrate().await.expect("migrated"), newest);
    events
        .append(vec![item(Uuid::new_v4(), 0)])
        .await
        .expect("kept");
}

async fn a_table_of_django_is_used_as_it_is(schema: Schema) {
    let make = "CREATE TABLE snapshots (id bigserial PRIMARY KEY, sequence_id uuid NOT NULL, position bigint NOT NULL, topic \
                text NOT NULL, data text NOT NULL, CONSTRAINT snapshots_sequence_id_position_a228c0bf_uniq UNIQUE \
                (sequence_id, position))";
    connect(&config_of(&schema.0))
        .await
        .batch_execute(make)
        .await
        .expect("made");
    let database = PostgresDatastore::open(schema.options())
        .await
        .expect("opened");
    let snapshots = database
        .record_manager(Table::snapshots())
        .await
        .expect("a table");
    snapshots.setup().await.expect("it fits");
    let id = Uuid::new_v4();
    snapshots
        .append(vec![item(id, 0), item(id, 1)])
        .await
        .expect("kept");
    let conflict = snapshots.append(vec![item(id, 1)]).await;
    assert!(
        matches!(conflict, Err(RecordError::Conflict { .. })),
        "{conflict:?}"
    );
    let stored = snapshots.items(ItemQuery::new(id)).await.expect("read");
    assert_eq!(stored, [item(id, 0), item(id, 1)]);
}
