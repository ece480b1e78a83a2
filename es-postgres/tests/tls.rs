//! Connections by TLS to a real server: checked, refused with a reason, and never plain where TLS is asked for.

mod backends;

use std::process::ExitCode;

use es_core::RecordError;
use es_core::infrastructure::{Datastore, Driver, RecordManager, Table};
use es_testing::own_cases;
use es_testing::store::servers::{OwnCase, Server, Suite, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

use backends::{Postgres, config, connect, item};

/// The folder of the certificates, `.services/tls`.
const VARIABLE: &str = "ES_TLS";

fn main() -> ExitCode {
    let cases: &[OwnCase] = own_cases![
        a_server_that_is_checked_is_read_and_written_in_cipher,
        a_certificate_of_another_authority_is_refused,
        a_certificate_of_another_name_is_refused,
        a_server_without_tls_is_refused_and_told_nothing,
    ];
    Suite::of(Postgres).own(VARIABLE, cases)
}

fn certificate(name: &str) -> String {
    let folder = std::env::var(VARIABLE).expect("a folder");
    format!("{folder}/{name}.pem")
}

/// By a URI, as programs do.
async fn open(
    schema: &str,
    host: &str,
    port: u16,
    authority: &str,
) -> es_core::Result<std::sync::Arc<dyn Datastore>> {
    let config = config();
    let user = config.get_user().expect("a user");
    let database = config.get_dbname().expect("a database");
    let certificate = certificate(authority);
    let uri = format!(
        "postgresql://{user}@{host}:{port}/{database}?application_name={schema}&options=-csearch_path%3D{schema}&\
         sslmode=verify-full&sslrootcert={certificate}"
    );
    Driver::open(&uri).await
}

/// What the store says of a server that it does not take.
async fn refusal(host: &str, port: u16, authority: &str) -> String {
    match open("unused", host, port, authority).await {
        Ok(_) => panic!("it opens"),
        Err(es_core::Error::Store(error @ RecordError::Backend { .. })) => text(&error),
        Err(other) => panic!("{other:?}"),
    }
}

async fn a_server_that_is_checked_is_read_and_written_in_cipher(database: String) {
    let port = Postgres.address().port();
    let store = open(&database, "localhost", port, "ca")
        .await
        .expect("opened");
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    let appended = events.append(vec![item(Uuid::new_v4(), 0)]).await;
    assert_eq!(appended.expect("kept").len(), 1);
    assert_eq!(events.max_record_id().await.expect("read").get(), 1);
    assert_encrypted(&database, &*events).await;
}

async fn a_certificate_of_another_authority_is_refused(_: String) {
    let said = refusal("localhost", Postgres.address().port(), "other-ca").await;
    assert!(said.contains("certificate"), "{said}");
}

async fn a_certificate_of_another_name_is_refused(_: String) {
    let said = refusal("127.0.0.1", Postgres.address().port(), "ca").await;
    assert!(said.contains("certificate"), "{said}");
}

async fn a_server_without_tls_is_refused_and_told_nothing(_: String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let plain = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        let mut asked = [0; 8];
        client.read_exact(&mut asked).await.expect("a question");
        client.write_all(b"N").await.expect("answered");
        let mut told = Vec::new();
        drop(client.read_to_end(&mut told).await);
        told
    });
    let said = refusal("localhost", port, "ca").await;
    assert!(said.contains("TLS"), "{said}");
    assert!(plain.await.expect("no panic").is_empty());
}

async fn assert_encrypted(schema: &str, events: &dyn RecordManager) {
    // The connection that listens is one of its own.
    events
        .wake_up()
        .wait(std::time::Duration::from_secs(60))
        .await;
    let sql = "SELECT count(*), count(*) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE \
               application_name = $1";
    let admin = connect(&config()).await.expect("a server");
    let counts = admin.query_one(sql, &[&schema]).await.expect("counted");
    let (all, encrypted): (i64, i64) = (counts.get(0), counts.get(1));
    assert!(all >= 2 && all == encrypted, "{encrypted} of {all}");
}
