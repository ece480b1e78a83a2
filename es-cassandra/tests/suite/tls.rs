//! Connections with TLS and a password to a real server: verified, refused with a reason, and never
//! unencrypted if TLS is requested.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::server::{Shared, connect_as, item, options_in};
use es_store::{Datastore, Driver, RecordError, Table};
use es_testing::own_cases;
use es_testing::store::servers::{OwnCase, Server, text};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// The variable with the URI of a node that accepts only TLS and requires a password:
/// `cassandra://user:password@host:port/keyspace?sslmode=…`.
const VARIABLE: &str = "ES_CASSANDRA_TLS_URL";

/// The variable with the folder of the certificates, `.services/tls`.
pub(crate) const CERTIFICATES: &str = "ES_TLS";

pub(crate) const CASES: &[OwnCase] = own_cases![
    a_trusted_server_is_read_and_written_over_tls,
    a_name_of_the_address_that_the_certificate_has_is_checked_by_the_address,
    a_certificate_of_another_authority_is_refused,
    a_certificate_of_another_address_is_refused,
    a_server_without_tls_is_refused_and_sent_nothing,
    a_plain_connection_to_a_server_that_wants_tls_is_told_what_is_missing,
    a_wrong_password_is_told_so_and_not_repeated,
    a_missing_password_is_told_so,
    a_user_without_rights_is_told_so,
];

pub(crate) fn node() -> Shared {
    Shared::named("cassandra-tls", VARIABLE)
}

/// Opens a URI, as programs do.
async fn open(user: &str, host: &str, keyspace: &str, query: &str) -> Opened {
    Driver::open(&format!("cassandra://{user}{host}/{keyspace}{query}")).await
}

type Opened = Result<Arc<dyn Datastore>, RecordError>;

const USER: &str = "cassandra:cassandra@";

fn checked_by(authority: &str) -> String {
    let folder = std::env::var(CERTIFICATES).expect("a folder");
    format!("?sslmode=verify-full&sslrootcert={folder}/{authority}.pem")
}

/// Returns the message of a refusal, which must not suggest a retry.
fn refusal(opened: Opened) -> String {
    match opened {
        Ok(_) => panic!("it opens"),
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
        &checked_by("ca"),
    )
    .await;
    use_it(&*store.expect("opened")).await;
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
async fn use_it(store: &dyn Datastore) {
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    let id = Uuid::new_v4();
    let appended = events.append(vec![item(id, 0), item(id, 1)].into()).await;
    assert_eq!(appended.expect("kept").len(), 2);
    let query = es_store::ItemQuery::new(id);
    assert_eq!(events.items(query).await.expect("read").len(), 2);
}

async fn a_name_of_the_address_that_the_certificate_has_is_checked_by_the_address(
    keyspace: String,
) {
    let host = format!("localhost:{}", node().address().port());
    let store = open(USER, &host, &keyspace, &checked_by("ca")).await;
    use_it(&*store.expect("opened")).await;
}

async fn a_certificate_of_another_authority_is_refused(_: String) {
    let opened = open(
        USER,
        &at(node().address().ip()),
        "es",
        &checked_by("other-ca"),
    )
    .await;
    let said = refusal(opened);
    assert!(said.contains("certificate is not trusted"), "{said}");
}

/// Another address of the same server is not in its certificate.
async fn a_certificate_of_another_address_is_refused(_: String) {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).await;
    let listener = listener.expect("a port");
    let elsewhere = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut server = TcpStream::connect(node().address()).await?;
                copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    let said = refusal(open(USER, &elsewhere, "es", &checked_by("ca")).await);
    assert!(said.contains("certificate is not trusted"), "{said}");
    assert!(said.contains("127.0.0.2"), "{said}");
}

async fn a_server_without_tls_is_refused_and_sent_nothing(_: String) {
    let plain = options_in(crate::server::VARIABLE).hosts.swap_remove(0);
    let said = refusal(open(USER, &plain, "es", &checked_by("ca")).await);
    assert!(said.contains("does not speak TLS"), "{said}");
    assert!(!said.contains("cassandra:cassandra"), "{said}");
}

async fn a_plain_connection_to_a_server_that_wants_tls_is_told_what_is_missing(_: String) {
    let opened = open(USER, &at(node().address().ip()), "es", "").await;
    let error = opened.err().expect("it is refused");
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    let said = text(&error);
    assert!(said.contains("`sslmode=verify-full`"), "{said}");
}

async fn a_wrong_password_is_told_so_and_not_repeated(_: String) {
    let user = "cassandra:not-the-password@";
    let opened = open(user, &at(node().address().ip()), "es", &checked_by("ca")).await;
    let said = refusal(opened);
    assert!(said.contains("refused the user or the password"), "{said}");
    assert!(!said.contains("not-the-password"), "{said}");
}

async fn a_missing_password_is_told_so(_: String) {
    let opened = open("", &at(node().address().ip()), "es", &checked_by("ca")).await;
    let said = refusal(opened);
    assert!(said.contains("asks for a user and a password"), "{said}");
}

async fn a_user_without_rights_is_told_so(keyspace: String) {
    let admin = connect_as(&node().options()).await.expect("a session");
    let make = format!("CREATE ROLE {keyspace} WITH PASSWORD = 'secret' AND LOGIN = true");
    admin.query_unpaged(make, ()).await.expect("made");
    let user = format!("{keyspace}:secret@");
    let store = open(
        &user,
        &at(node().address().ip()),
        &keyspace,
        &checked_by("ca"),
    )
    .await;
    let store = store.expect("opened");
    let events = store.record_manager(Table::stored_events()).await;
    let refused = events.expect("a table").setup().await;
    let forget = format!("DROP ROLE {keyspace}");
    admin.query_unpaged(forget, ()).await.expect("forgotten");
    let Err(error @ RecordError::Backend { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(text(&error).contains("lacks the right"), "{}", text(&error));
}
