//! Cases of connections by TLS.

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use es_store::RecordManager;
use es_testing::store::servers::TlsServer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Postgres, config, connect};

#[async_trait]
impl TlsServer for Postgres {
    fn uri(&self, schema: &str, host: &str, port: u16, certificates: &str) -> String {
        let config = config();
        let user = config.get_user().expect("a user");
        let database = config.get_dbname().expect("a database");
        format!(
            "postgresql://{user}@{host}:{port}/{database}?application_name={schema}&options=-csearch_path%3D{schema}&\
             sslmode=verify-full&sslrootcert={certificates}"
        )
    }

    /// Answers the request for TLS with a refusal.
    async fn refuse(&self, client: &mut TcpStream) -> io::Result<()> {
        client.read_exact(&mut [0; 8]).await?;
        client.write_all(b"N").await
    }

    async fn check_encrypted(&self, schema: &str, events: &dyn RecordManager) {
        // The listening connection is a separate one.
        events.wake_up().wait(Duration::from_secs(60)).await;
        let sql = "SELECT count(*), count(*) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE \
                   application_name = $1";
        let admin = connect(&config())
            .await
            .expect("the server accepts the connection");
        let counts = admin.query_one(sql, &[&schema]).await.expect("counted");
        let (all, encrypted): (i64, i64) = (counts.get(0), counts.get(1));
        assert!(all >= 2 && all == encrypted, "{encrypted} of {all}");
    }
}
