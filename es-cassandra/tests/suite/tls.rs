//! Connections with TLS and a password to a real server: verified, refused with a reason, and never
//! unencrypted if TLS is requested.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::server::{Shared, connect_as, item, options_from};
use es_store::{Datastore, Driver, RecordError, Table};
use es_testing::own_cases;
use es_testing::store::servers::{OwnCase, Server, text};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// The environment variable with the URI of a node that accepts only TLS and requires a password:
/// `cassandra://user:password@host:port/keyspace?sslmode=…`.
const VARIABLE: &str = "ES_CASSANDRA_TLS_URL";

/// The environment variable with the folder of the certificates, `.services/tls`.
pub(crate) const CERTIFICATES: &str = "ES_TLS";

pub(crate) const CASES: &[OwnCase] = own_cases![
    a_trusted_server_is_read_and_written_over_tls,
    a_host_name_is_verified_by_the_address_of_the_node,
    a_certificate_of_another_authority_is_refused,
    a_certificate_of_another_address_is_refused,
    a_server_without_tls_is_refused_and_sent_nothing,
    a_plain_connection_to_a_server_with_tls_gets_an_error_with_a_hint,
    a_wrong_password_is_refused_and_appears_in_no_message,
    a_missing_password_is_refused_with_a_hint,
    a_user_without_rights_is_refused_with_a_reason,
];

pub(crate) fn node() -> Shared {
    Shared::new("cassandra-tls", VARIABLE)
}

/// Opens a URI, as programs do.
async fn open(user: &str, host: &str, keyspace: &str, query: &str) -> Opened {
    Driver::open(&format!("cassandra://{user}{host}/{keyspace}{query}")).await
}

type Opened = Result<Arc<dyn Datastore>, RecordError>;

const USER: &str = "cassandra:cassandra@";

fn verified_by(authority: &str) -> String {
    let folder = std::env::var(CERTIFICATES).expect("a folder");
    format!("?sslmode=verify-full&sslrootcert={folder}/{authority}.pem")
}

/// Returns the message of a refusal, which must not suggest a retry.
fn refusal(opened: Opened) -> String {
    match opened {
        Ok(_) => panic!("the store must refuse to open"),
        Err(error @ RecordError::Backend { .. }) => text(&error),
        Err(other) => panic!("{}", text(&other)),
    }
}

fn at(address: impl Into<IpAddr>) -> String {
    SocketAddr::new(address.into(), node().address().port()).to_string()
}

async fn a_trusted_server_is_read_and_written_over_tls(keyspace: String) {
    let store = open(
        USER,
        &at(node().address().ip()),
        &keyspace,
        &verified_by("ca"),
    )
    .await;
    write_and_read(&*store.expect("the store opens")).await;
    let admin = connect_as(&node().options()).await.expect("a session");
    let clients = admin
        .query_unpaged("SELECT ssl_enabled, username FROM system_views.clients", ())
        .await;
    let clients = clients.expect("read").into_rows_result().expect("rows");
    let clients: Vec<(Option<bool>, Option<String>)> = clients
        .rows()
        .expect("two columns")
        .map(|row| row.expect("a row"))
        .collect();
    assert!(clients.len() >= 2, "{clients:?}");
    assert!(
        clients.iter().all(|client| client.0 == Some(true)),
        "{clients:?}"
    );
}

/// Sets up a table, writes and reads.
async fn write_and_read(store: &dyn Datastore) {
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("the table opens");
    events.setup().await.expect("the table is created");
    let id = Uuid::new_v4();
    let appended = events.append(vec![item(id, 0), item(id, 1)].into()).await;
    assert_eq!(appended.expect("the append succeeds").len(), 2);
    let query = es_store::ItemQuery::new(id);
    assert_eq!(events.items(query).await.expect("read").len(), 2);
}

async fn a_host_name_is_verified_by_the_address_of_the_node(keyspace: String) {
    let host = format!("localhost:{}", node().address().port());
    let store = open(USER, &host, &keyspace, &verified_by("ca")).await;
    write_and_read(&*store.expect("the store opens")).await;
}

async fn a_certificate_of_another_authority_is_refused(_: String) {
    let opened = open(
        USER,
        &at(node().address().ip()),
        "es",
        &verified_by("other-ca"),
    )
    .await;
    let message = refusal(opened);
    assert!(message.contains("certificate is not trusted"), "{message}");
}

/// Another address of the same server is not in its certificate.
async fn a_certificate_of_another_address_is_refused(_: String) {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).await;
    let listener = listener.expect("a port");
    let other_address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut server = TcpStream::connect(node().address()).await?;
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    let message = refusal(open(USER, &other_address, "es", &verified_by("ca")).await);
    assert!(message.contains("certificate is not trusted"), "{message}");
    assert!(message.contains("127.0.0.2"), "{message}");
}

async fn a_server_without_tls_is_refused_and_sent_nothing(_: String) {
    let plain = options_from(crate::server::VARIABLE).hosts.swap_remove(0);
    let message = refusal(open(USER, &plain, "es", &verified_by("ca")).await);
    assert!(message.contains("does not speak TLS"), "{message}");
    assert!(!message.contains("cassandra:cassandra"), "{message}");
}

async fn a_plain_connection_to_a_server_with_tls_gets_an_error_with_a_hint(_: String) {
    let opened = open(USER, &at(node().address().ip()), "es", "").await;
    let error = opened.err().expect("the connection is refused");
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    let message = text(&error);
    assert!(message.contains("`sslmode=verify-full`"), "{message}");
}

async fn a_wrong_password_is_refused_and_appears_in_no_message(_: String) {
    let user = "cassandra:not-the-password@";
    let opened = open(user, &at(node().address().ip()), "es", &verified_by("ca")).await;
    let message = refusal(opened);
    assert!(
        message.contains("refused the user or the password"),
        "{message}"
    );
    assert!(!message.contains("not-the-password"), "{message}");
}

async fn a_missing_password_is_refused_with_a_hint(_: String) {
    let opened = open("", &at(node().address().ip()), "es", &verified_by("ca")).await;
    let message = refusal(opened);
    assert!(
        message.contains("requires a user and a password"),
        "{message}"
    );
}

async fn a_user_without_rights_is_refused_with_a_reason(keyspace: String) {
    let admin = connect_as(&node().options()).await.expect("a session");
    let create = format!("CREATE ROLE {keyspace} WITH PASSWORD = 'secret' AND LOGIN = true");
    admin
        .query_unpaged(create, ())
        .await
        .expect("the role is created");
    let user = format!("{keyspace}:secret@");
    let store = open(
        &user,
        &at(node().address().ip()),
        &keyspace,
        &verified_by("ca"),
    )
    .await;
    let store = store.expect("the store opens");
    let events = store.record_manager(Table::stored_events()).await;
    let refused = events.expect("the table opens").setup().await;
    let drop_role = format!("DROP ROLE {keyspace}");
    admin
        .query_unpaged(drop_role, ())
        .await
        .expect("the role is dropped");
    let Err(error @ RecordError::Backend { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(text(&error).contains("lacks the right"), "{}", text(&error));
}
