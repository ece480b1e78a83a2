//! Cases of TLS connections to a real server: the server is checked, refusals have a reason, and no
//! connection falls back to plain text.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use es_store::{
    BoxError, Datastore, Driver, Position, RecordError, RecordManager, SequencedItem, Table, Topic,
};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::Server;
use super::server_case::{ServerFixture, server_cases};
use super::suite::text;
use crate::store::case::Verdict;

/// The environment variable that names the folder of the certificates: `ca.pem`, which signed the
/// server's certificate, and `other-ca.pem`, which did not.
pub(super) const VARIABLE: &str = "ES_TLS";

/// A server with TLS.
#[async_trait]
pub trait TlsServer: Server {
    /// Returns the URI of a database. It has the server's certificate and name checked against the
    /// certificates of a file.
    fn uri(&self, database: &str, host: &str, port: u16, certificates: &str) -> String;

    /// Answers a new client as a server without TLS.
    async fn refuse(&self, client: &mut TcpStream) -> io::Result<()>;

    /// Prepares a database for a client with TLS.
    async fn prepare(&self, database: &str) -> Result<(), BoxError> {
        let _ = database;
        Ok(())
    }

    /// Checks that the connections of an open store are encrypted.
    async fn check_encrypted(&self, database: &str, events: &dyn RecordManager) {
        let _ = (database, events);
    }

    /// Undoes [`prepare`](Self::prepare).
    async fn undo_preparation(&self, database: &str) -> Result<(), BoxError> {
        let _ = database;
        Ok(())
    }
}

server_cases![dyn TlsServer:
    a_trusted_server_is_read_and_written_over_tls,
    a_certificate_of_another_authority_is_refused,
    a_certificate_of_another_name_is_refused,
    a_server_without_tls_is_refused_and_sent_nothing,
];

type Fixture = ServerFixture<dyn TlsServer>;

impl Fixture {
    fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// Opens the database by a URI, as programs do.
    async fn open(
        &self,
        host: &str,
        port: u16,
        authority: &str,
    ) -> Result<Arc<dyn Datastore>, RecordError> {
        let folder = std::env::var(VARIABLE).expect("the variable names a folder");
        let certificates = format!("{folder}/{authority}.pem");
        let uri = self.server.uri(&self.database, host, port, &certificates);
        Driver::open(&uri).await
    }

    /// Opens a server that the store must refuse, and returns the text of the error.
    async fn refusal(&self, host: &str, port: u16, authority: &str) -> String {
        match self.open(host, port, authority).await {
            Ok(_) => panic!("the store must refuse the server"),
            Err(error @ RecordError::Backend { .. }) => text(&error),
            Err(other) => panic!("the refusal must be a backend error, not {other:?}"),
        }
    }
}

async fn a_trusted_server_is_read_and_written_over_tls(fixture: Fixture) -> Verdict {
    let prepared = fixture.server.prepare(&fixture.database).await;
    prepared.expect("the database is prepared");
    let store = fixture
        .open("localhost", fixture.port(), "ca")
        .await
        .expect("the store opens");
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("the table opens");
    events.setup().await.expect("the table is created");
    let item = SequencedItem {
        sequence_id: Uuid::new_v4(),
        position: Position::Integer(0),
        topic: Topic::new("World.Happened"),
        data: "{}".into(),
    };
    let appended = events.append(vec![item].into()).await;
    assert_eq!(appended.expect("the append succeeds").len(), 1);
    assert_eq!(events.max_record_id().await.expect("read").get(), 1);
    fixture
        .server
        .check_encrypted(&fixture.database, &*events)
        .await;
    store.close().await.expect("closed");
    fixture
        .server
        .undo_preparation(&fixture.database)
        .await
        .expect("the preparation is undone");
    Ok(())
}

async fn a_certificate_of_another_authority_is_refused(fixture: Fixture) -> Verdict {
    let error = fixture
        .refusal("localhost", fixture.port(), "other-ca")
        .await;
    assert!(error.contains("certificate"), "{error}");
    Ok(())
}

async fn a_certificate_of_another_name_is_refused(fixture: Fixture) -> Verdict {
    let error = fixture.refusal("127.0.0.1", fixture.port(), "ca").await;
    assert!(error.contains("certificate"), "{error}");
    Ok(())
}

async fn a_server_without_tls_is_refused_and_sent_nothing(fixture: Fixture) -> Verdict {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let server = fixture.server.clone();
    let plain = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        server.refuse(&mut client).await.expect("answered");
        // The read ends with an error if the client closes the connection abruptly.
        let mut sent = Vec::new();
        drop(client.read_to_end(&mut sent).await);
        sent
    });
    let error = fixture.refusal("localhost", port, "ca").await;
    assert!(error.contains("TLS"), "{error}");
    assert!(plain.await.expect("no panic").is_empty());
    Ok(())
}
