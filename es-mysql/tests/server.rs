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
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::mysql_async::{Error, Opts, OptsBuilder, Pool, TxOpts};
use es_mysql::{MysqlDatastore, MysqlOptions};
use es_testing::store::LossyProxy;
use libtest_mimic::{Arguments, Trial};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use backends::{Databases, connect, is_there, server, server_of, text};

/// What only a server that hangs takes.
const LONG: Duration = Duration::from_secs(60);

type Check = fn(Database) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        const CASES: &[(&str, Check)] = &[$((stringify!($name), |database| Box::pin($name(database)))),*];
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
    a_follower_is_woken_by_a_commit_of_this_handle,
    another_programs_lock_is_waited_for_with_patience,
    a_text_that_is_too_long_fails_alone_until_the_table_is_migrated,
    a_table_of_django_is_used_as_it_is,
];

/// A new database on the server.
struct Database(String);

fn main() {
    let databases = Arc::new(Databases::default());
    let trial = |(name, check): &(&str, Check)| {
        let (databases, check) = (databases.clone(), *check);
        let trial = Trial::test(format!("mysql::{name}"), move || {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(async {
                let database = format!("es_{}", Uuid::new_v4().simple());
                databases.make(&database).await;
                check(Database(database)).await;
            });
            Ok(())
        });
        trial.with_ignored_flag(!is_there())
    };
    let trials = CASES.iter().map(trial).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(databases.drop_all());
    conclusion.exit();
}

impl Database {
    fn options(&self) -> MysqlOptions {
        MysqlOptions::new(server_of(&self.0)).with_connections(2)
    }

    async fn events(&self) -> Arc<dyn RecordManager> {
        events(self.options()).await
    }
}

/// A new handle on the table of events, which is there.
async fn events(options: MysqlOptions) -> Arc<dyn RecordManager> {
    let database = MysqlDatastore::open(options).await.expect("opened");
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

async fn refusal(server: OptsBuilder) -> RecordError {
    let options = MysqlOptions::new(server.into()).with_patience(Duration::from_secs(2));
    match MysqlDatastore::open(options).await {
        Ok(_) => panic!("it opens"),
        Err(error) => error,
    }
}

async fn an_unknown_user_is_told_so(_: Database) {
    let error = refusal(OptsBuilder::from_opts(server()).user(Some("nobody_of_that_name"))).await;
    assert!(matches!(error, RecordError::Backend { .. }), "{error:?}");
    assert!(
        text(&error).contains("refused the user"),
        "{}",
        text(&error)
    );
}

async fn an_unknown_database_is_told_so(_: Database) {
    let error = refusal(OptsBuilder::from_opts(server_of("no_such_database"))).await;
    assert!(matches!(error, RecordError::Backend { .. }), "{error:?}");
    assert!(
        text(&error).contains("no database of that name"),
        "{}",
        text(&error)
    );
}

async fn a_server_out_of_reach_is_unavailable(_: Database) {
    let error = refusal(OptsBuilder::from_opts(server()).tcp_port(1)).await;
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
async fn fill(options: &MysqlOptions) -> (Vec<MysqlDatastore>, RecordError) {
    let mut open = Vec::new();
    loop {
        match MysqlDatastore::open(options.clone()).await {
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

async fn a_full_server_is_unavailable_and_comes_back(database: Database) {
    let user = &database.0[..20];
    let mut root = connect(server()).await;
    let make = format!(
        "CREATE USER {user}@'127.0.0.1' WITH MAX_USER_CONNECTIONS 2; GRANT ALL ON {}.* TO {user}@'127.0.0.1'",
        database.0
    );
    root.query_drop(make).await.expect("a user");
    let few: Opts = OptsBuilder::from_opts(server_of(&database.0))
        .user(Some(user))
        .into();
    let options = MysqlOptions::new(few.clone()).with_patience(Duration::from_secs(2));
    let events = events(options.clone()).await;
    let (others, error) = fill(&options).await;
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(text(&error).contains("max_connections"), "{}", text(&error));
    for other in others {
        other.close().await.expect("closed");
    }
    let id = Uuid::new_v4();
    let appended = when_available(|| events.append(vec![item(id, 0)])).await;
    assert_eq!(appended.last(), Some(RecordId::new(1)));
    events.close().await.expect("closed");
    let sql = format!("DROP USER {user}@'127.0.0.1'");
    root.query_drop(sql).await.expect("dropped");
}

async fn a_read_only_server_is_read_and_says_why_it_is_not_written(database: Database) {
    let id = Uuid::new_v4();
    let kept = database.events().await.append(vec![item(id, 0)]).await;
    kept.expect("kept");
    let read_only = OptsBuilder::from_opts(server_of(&database.0))
        .setup(vec!["SET SESSION TRANSACTION READ ONLY"]);
    let events = events(MysqlOptions::new(read_only.into())).await;
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

/// The server's code for an id that is no connection's.
const NO_SUCH_THREAD: u16 = 1094;

async fn connections_that_are_cut_are_made_anew(database: Database) {
    let events = database.events().await;
    let id = Uuid::new_v4();
    let mut killer = connect(server()).await;
    for n in 0..5 {
        events.append(vec![item(id, n)]).await.expect("kept");
        events.items(ItemQuery::new(id)).await.expect("read");
        let sql = "SELECT id FROM information_schema.processlist WHERE db = ?";
        let ids: Vec<u64> = killer.exec(sql, (&database.0,)).await.expect("read");
        assert!(!ids.is_empty());
        for id in ids {
            match killer.query_drop(format!("KILL {id}")).await {
                // One that was cut before is listed until it is gone.
                Err(Error::Server(error)) if error.code == NO_SUCH_THREAD => {}
                cut => cut.expect("cut"),
            }
        }
    }
    assert_eq!(
        events.items(ItemQuery::new(id)).await.expect("read").len(),
        5
    );
}

async fn a_commit_without_an_answer_is_found_out(database: Database) {
    let server = server_of(&database.0);
    let address: SocketAddr = format!("{}:{}", server.ip_or_hostname(), server.tcp_port())
        .parse()
        .expect("an address of numbers");
    // The byte before it says that a statement follows.
    let proxy = LossyProxy::before(address, "\u{3}COMMIT").await;
    let lossy = OptsBuilder::from_opts(server)
        .ip_or_hostname("127.0.0.1")
        .tcp_port(proxy.address().port());
    let events = events(MysqlOptions::new(lossy.into())).await;
    let id = Uuid::new_v4();
    for n in 0..5 {
        proxy.lose_next();
        let appended = events.append(vec![item(id, n)]).await;
        let last = appended.expect("kept, as was found out").last();
        assert_eq!(last.map(RecordId::get), u64::try_from(n + 1).ok());
        assert_eq!(proxy.to_lose(), 0, "the answer was lost");
    }
    assert_eq!(
        events.items(ItemQuery::new(id)).await.expect("read").len(),
        5
    );
}

async fn a_pool_that_is_passed_in_is_shared_and_left_open(database: Database) {
    let pool = Pool::new(server_of(&database.0));
    let store = MysqlDatastore::from_pool(pool.clone());
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    events
        .append(vec![item(Uuid::new_v4(), 0)])
        .await
        .expect("kept");
    store.close().await.expect("closed");
    let mut connection = pool.get_conn().await.expect("it is the caller's");
    let count = connection
        .query_first("SELECT COUNT(*) FROM stored_events")
        .await;
    assert_eq!(count.expect("counted"), Some(1));
}

async fn a_follower_is_woken_by_a_commit_of_this_handle(database: Database) {
    const FOREVER: Duration = Duration::from_secs(600);
    let events = database.events().await;
    let mut wake_up = events.wake_up();
    for n in 0..3 {
        events
            .append(vec![item(Uuid::new_v4(), 0)])
            .await
            .expect("kept");
        timeout(LONG, wake_up.wait(FOREVER))
            .await
            .expect("it is woken");
        assert_eq!(events.max_record_id().await.expect("read").get(), n + 1);
    }
}

async fn another_programs_lock_is_waited_for_with_patience(database: Database) {
    let options = database.options().with_patience(Duration::from_secs(3));
    let events = events(options).await;
    let mut connection = connect(server_of(&database.0)).await;
    let begun = connection.start_transaction(TxOpts::default()).await;
    let mut transaction = begun.expect("begun");
    let items = [item(Uuid::new_v4(), 0)];
    let appended = es_mysql::append_in(&mut transaction, &Table::stored_events(), &items).await;
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

/// The tables that Python makes hold 64 KiB, until they are migrated.
async fn a_text_that_is_too_long_fails_alone_until_the_table_is_migrated(database: Database) {
    let make = "CREATE TABLE stored_events (id BIGINT NOT NULL AUTO_INCREMENT, originator_id BINARY(16) NOT NULL, \
                originator_version BIGINT NOT NULL, event_type TEXT NOT NULL, state TEXT, PRIMARY KEY (id)); CREATE UNIQUE \
                INDEX k ON stored_events (originator_id, originator_version)";
    let mut connection = connect(server_of(&database.0)).await;
    connection.query_drop(make).await.expect("made");
    let store = MysqlDatastore::open(database.options())
        .await
        .expect("opened");
    let events = store.table(Table::stored_events()).expect("a table");
    events.setup().await.expect("it fits");
    let mut long = item(Uuid::new_v4(), 0);
    long.data = "x".repeat(70_000).into();
    let (refused, good) = tokio::join!(
        events.append(vec![long.clone()]),
        events.append(vec![item(Uuid::new_v4(), 0)])
    );
    assert!(
        matches!(refused, Err(RecordError::Invalid { .. })),
        "{refused:?}"
    );
    assert_eq!(good.expect("kept").last(), Some(RecordId::new(1)));
    for _ in 0..2 {
        assert_eq!(events.migrate().await.expect("migrated"), 2);
    }
    let kept = events.append(vec![long.clone()]).await.expect("kept");
    assert_eq!(kept.last(), Some(RecordId::new(2)));
    let stored = events.items(ItemQuery::new(long.sequence_id)).await;
    assert_eq!(stored.expect("read"), [long]);
}

async fn a_table_of_django_is_used_as_it_is(database: Database) {
    let make = "CREATE TABLE stored_events (id bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, originator_id char(32) NOT NULL, \
                originator_version bigint NOT NULL, event_type longtext NOT NULL, state longtext NOT NULL, UNIQUE KEY \
                stored_events_originator_id_originator_version_49cda8b2_uniq (originator_id, originator_version)) \
                CHARSET=utf8mb4; INSERT INTO stored_events VALUES (1, 'b81d160dd7ef45aba629c7278082a845', 0, \
                'World.Happened', '{\"n\":0}')";
    let mut connection = connect(server_of(&database.0)).await;
    connection.query_drop(make).await.expect("made");
    let store = MysqlDatastore::open(database.options())
        .await
        .expect("opened");
    let events = store
        .record_manager(Table::stored_events())
        .await
        .expect("a table");
    events.setup().await.expect("it fits");
    let id = Uuid::from_u128(0xb81d_160d_d7ef_45ab_a629_c727_8082_a845);
    assert_eq!(
        events.items(ItemQuery::new(id)).await.expect("read"),
        [item(id, 0)]
    );
    let conflict = events.append(vec![item(id, 0)]).await;
    assert!(
        matches!(conflict, Err(RecordError::Conflict { .. })),
        "{conflict:?}"
    );
    let appended = events.append(vec![item(id, 1)]).await.expect("kept");
    assert_eq!(appended.last(), Some(RecordId::new(2)));
    assert_eq!(events.sequence_ids(None, 10).await.expect("read"), [id]);
    let digits: Option<String> = connection
        .query_first("SELECT originator_id FROM stored_events WHERE id = 2")
        .await
        .expect("read");
    assert_eq!(digits.as_deref(), Some("b81d160dd7ef45aba629c7278082a845"));
}
