//! Connections by TLS to a real server: checked, refused with a reason, and never plain where TLS is asked for.

mod backends;

use std::process::ExitCode;

use es_core::RecordError;
use es_core::infrastructure::{Datastore, Driver, Table};
use es_testing::own_cases;
use es_testing::store::servers::{OwnCase, Server, Suite, text};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

use backends::{Mysql, connect, item, server_of};
use es_mysql::mysql_async::prelude::Queryable;

/// The folder of the certificates, `.services/tls`.
const VARIABLE: &str = "ES_TLS";

fn main() -> ExitCode {
    let cases: &[OwnCase] = own_cases![
        a_server_that_is_checked_is_read_and_written_in_cipher,
        a_certificate_of_another_authority_is_refused,
        a_certificate_of_another_name_is_refused,
        a_server_without_tls_is_refused_and_told_nothing,
    ];
    Suite::of(Mysql).own(VARIABLE, cases)
}

fn certificate(name: &str) -> String {
    let folder = std::env::var(VARIABLE).expect("a folder");
    format!("{folder}/{name}.pem")
}

/// By a URI, as programs do.
async fn open(
    database: &str,
    host: &str,
    port: u16,
    authority: &str,
) -> es_core::Result<std::sync::Arc<dyn Datastore>> {
    let user = database.get(..20).unwrap_or("es");
    let certificate = certificate(authority);
    let uri = format!(
        "mysql://{user}@{host}:{port}/{database}?ssl-mode=VERIFY_IDENTITY&ssl-ca={certificate}"
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
    let port = Mysql.address().port();
    // The server keeps those of this user away who ask for no TLS.
    let user = format!("{}@'127.0.0.1'", &database[..20]);
    let mut admin = connect(server_of(&database)).await.expect("a server");
    let make = format!("CREATE USER {user} REQUIRE SSL; GRANT ALL ON {database}.* TO {user}");
    admin.query_drop(make).await.expect("a user");
    let plain = server_of(&database).user(Some(&database[..20]));
    assert!(connect(plain).await.is_err());
    let store = open(&database, "localhost", port, "ca")
        .await
        .expect("opened");
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    let appended = events.append(vec![item(Uuid::new_v4(), 0)]).await;
    assert_eq!(appended.expect("kept").len(), 1);
    assert_eq!(events.max_record_id().await.expect("read").get(), 1);
    store.close().await.expect("closed");
    let forget = format!("DROP USER {user}");
    admin.query_drop(forget).await.expect("dropped");
}

async fn a_certificate_of_another_authority_is_refused(_: String) {
    let said = refusal("localhost", Mysql.address().port(), "other-ca").await;
    assert!(said.contains("certificate"), "{said}");
}

async fn a_certificate_of_another_name_is_refused(_: String) {
    let said = refusal("127.0.0.1", Mysql.address().port(), "ca").await;
    assert!(said.contains("certificate"), "{said}");
}

async fn a_server_without_tls_is_refused_and_told_nothing(_: String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let plain = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        client.write_all(&greeting()).await.expect("greeted");
        let mut told = Vec::new();
        drop(client.read_to_end(&mut told).await);
        told
    });
    let said = refusal("localhost", port, "ca").await;
    assert!(said.contains("TLS"), "{said}");
    assert!(plain.await.expect("no panic").is_empty());
}

/// The greeting of a server that knows no TLS: protocol 10, a version, what it is capable of, a salt.
fn greeting() -> Vec<u8> {
    let mut body = b"\x0a8.0.0\0\x01\0\0\0abcdefgh\0".to_vec();
    body.extend(b"\xff\xf7\x2d\x02\0\xff\x01\x15\0\0\0\0\0\0\0\0\0\0");
    body.extend(b"abcdefghijkl\0mysql_native_password\0");
    let len = u8::try_from(body.len()).expect("a short one");
    [&[len, 0, 0, 0], &body[..]].concat()
}
