//! Cases of connections by TLS.

use std::io;

use async_trait::async_trait;
use es_mysql::mysql_async::prelude::Queryable;
use es_store::BoxError;
use es_testing::store::servers::{Server, TlsServer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::server::{Mysql, connect, server_of};

/// Returns the user of a database. The server refuses this user without TLS.
fn user_of(database: &str) -> &str {
    &database[..20]
}

#[async_trait]
impl TlsServer for Mysql {
    fn uri(&self, database: &str, host: &str, port: u16, certificates: &str) -> String {
        let user = user_of(database);
        format!(
            "mysql://{user}@{host}:{port}/{database}?ssl-mode=VERIFY_IDENTITY&ssl-ca={certificates}"
        )
    }

    async fn refuse(&self, client: &mut TcpStream) -> io::Result<()> {
        client.write_all(&greeting()).await
    }

    async fn prepare(&self, database: &str) -> Result<(), BoxError> {
        let user = user_of(database);
        let mut admin = connect(server_of(database)).await?;
        let make = format!(
            "CREATE USER {user}@'127.0.0.1' REQUIRE SSL; GRANT ALL ON {database}.* TO {user}@'127.0.0.1'"
        );
        admin.query_drop(make).await?;
        let plain = connect(server_of(database).user(Some(user))).await;
        assert!(plain.is_err(), "the server refuses the user without TLS");
        Ok(())
    }

    async fn undo_preparation(&self, database: &str) -> Result<(), BoxError> {
        self.drop_user(user_of(database)).await
    }
}

/// The greeting of a server without TLS: protocol 10, a version, capabilities, a salt.
fn greeting() -> Vec<u8> {
    let mut body = b"\x0a8.0.0\0\x01\0\0\0abcdefgh\0".to_vec();
    body.extend(b"\xff\xf7\x2d\x02\0\xff\x01\x15\0\0\0\0\0\0\0\0\0\0");
    body.extend(b"abcdefghijkl\0mysql_native_password\0");
    let len = u8::try_from(body.len()).expect("a short one");
    [&[len, 0, 0, 0], &body[..]].concat()
}
