//! Connections by TLS to a real server: checked, refused with a reason, and never plain where TLS is asked for.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use es_store::{
    BoxError, Datastore, Driver, Position, RecordError, RecordManager, SequencedItem, Table, Topic,
};
use libtest_mimic::Trial;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::suite::text;
use super::{Databases, Server};
use crate::store::case::{Check, Verdict, run};

/// The folder of the certificates: `ca.pem`, which the server's is signed with, and `other-ca.pem`.
pub(super) const VARIABLE: &str = "ES_TLS";

/// What the tests of TLS need to know of a server beside the rest.
#[async_trait]
pub trait TlsServer: Server {
    /// A URI that names a database by a host and a port, and has the server's certificate and name checked against those in
    /// a file.
    fn uri(&self, database: &str, host: &str, port: u16, certificates: &str) -> String;

    /// Says to a new client that there is no TLS here.
    async fn refuse(&self, client: &mut TcpStream) -> io::Result<()>;

    /// Prepares a database for a client that connects by TLS.
    async fn prepare(&self, database: &str) -> Result<(), BoxError> {
        let _ = database;
        Ok(())
    }

    /// Checks that the connections of a store are encrypted, while it has them.
    async fn check_encrypted(&self, database: &str, events: &dyn RecordManager) {
        let _ = (database, events);
    }

    /// Rollback what was prepared.
    async fn tidy(&self, database: &str) -> Result<(), BoxError> {
        let _ = database;
        Ok(())
    }
}

type Case = (&'static str, fn(OnServer) -> Check);

/// A case for each function, named after it.
macro_rules! cases {
    ($($promise:ident),* $(,)?) => {
        const CASES: &[Case] = &[$((stringify!($promise), |on| Box::pin($promise(on)))),*];
    };
}

cases![
    a_server_that_is_checked_is_read_and_written_in_cipher,
    a_certificate_of_another_authority_is_refused,
    a_certificate_of_another_name_is_refused,
    a_server_without_tls_is_refused_and_told_nothing,
];

pub(super) fn trials(
    server: &Arc<dyn TlsServer>,
    databases: &Arc<Databases>,
    group: &str,
) -> Vec<Trial> {
    let trial = |(promise, check): &Case| {
        let name = format!("{group}::{promise}");
        let (server, databases, check) = (server.clone(), databases.clone(), *check);
        let checking = async move {
            let database = databases.new_one().await;
            check(OnServer { server, database }).await
        };
        Trial::ignorable_test(name, move || run(checking))
    };
    CASES.iter().map(trial).collect()
}

/// A new database on the server.
struct OnServer {
    server: Arc<dyn TlsServer>,
    database: String,
}

impl OnServer {
    fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// By a URI, as programs do.
    async fn open(
        &self,
        host: &str,
        port: u16,
        authority: &str,
    ) -> Result<Arc<dyn Datastore>, RecordError> {
        let folder = std::env::var(VARIABLE).expect("a folder");
        let certificates = format!("{folder}/{authority}.pem");
        let uri = self.server.uri(&self.database, host, port, &certificates);
        Driver::open(&uri).await
    }

    /// What the store says of a server that it does not take.
    async fn refusal(&self, host: &str, port: u16, authority: &str) -> String {
        match self.open(host, port, authority).await {
            Ok(_) => panic!("it opens"),
            Err(error @ RecordError::Backend { .. }) => text(&error),
            Err(other) => panic!("{other:?}"),
        }
    }
}

async fn a_server_that_is_checked_is_read_and_written_in_cipher(on: OnServer) -> Verdict {
    let prepared = on.server.prepare(&on.database).await;
    prepared.expect("prepared");
    let store = on.open("localhost", on.port(), "ca").await.expect("opened");
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    let item = SequencedItem {
        sequence_id: Uuid::new_v4(),
        position: Position::Integer(0),
        topic: Topic::new("World.Happened"),
        data: "{}".into(),
    };
    let appended = events.append(vec![item].into()).await;
    assert_eq!(appended.expect("kept").len(), 1);
    assert_eq!(events.max_record_id().await.expect("read").get(), 1);
    on.server.check_encrypted(&on.database, &*events).await;
    store.close().await.expect("closed");
    on.server.tidy(&on.database).await.expect("tidied");
    Ok(())
}

async fn a_certificate_of_another_authority_is_refused(on: OnServer) -> Verdict {
    let said = on.refusal("localhost", on.port(), "other-ca").await;
    assert!(said.contains("certificate"), "{said}");
    Ok(())
}

async fn a_certificate_of_another_name_is_refused(on: OnServer) -> Verdict {
    let said = on.refusal("127.0.0.1", on.port(), "ca").await;
    assert!(said.contains("certificate"), "{said}");
    Ok(())
}

async fn a_server_without_tls_is_refused_and_told_nothing(on: OnServer) -> Verdict {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let server = on.server.clone();
    let plain = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.expect("a client");
        server.refuse(&mut client).await.expect("answered");
        let mut told = Vec::new();
        drop(client.read_to_end(&mut told).await);
        told
    });
    let said = on.refusal("localhost", port, "ca").await;
    assert!(said.contains("TLS"), "{said}");
    assert!(plain.await.expect("no panic").is_empty());
    Ok(())
}
