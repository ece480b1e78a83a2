//! New databases on the servers, by the names that both libraries take.

use es::mysql::mysql_async::Conn;
use es::mysql::mysql_async::prelude::Queryable;
use es::postgres::tokio_postgres::{self, NoTls};
use uuid::Uuid;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Server {
    Postgres,
    Mysql,
}

impl Server {
    const fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "ES_POSTGRES_URL",
            Self::Mysql => "ES_MYSQL_URL",
        }
    }

    pub(crate) fn is_there(self) -> bool {
        std::env::var_os(self.variable()).is_some()
    }

    /// Makes a database, and names it as `SQLAlchemy` does.
    pub(crate) async fn new_database(self) -> String {
        let variable = self.variable();
        let uri = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"));
        let name = format!("es_{}", Uuid::new_v4().simple());
        let (server, _) = uri.rsplit_once('/').expect("an address");
        match self {
            Self::Postgres => {
                let (client, connection) = tokio_postgres::connect(&uri, NoTls)
                    .await
                    .expect("a server");
                tokio::spawn(connection);
                let sql = format!("CREATE DATABASE {name}");
                client.batch_execute(&sql).await.expect("made");
                let server = server.replacen("postgresql:", "postgresql+psycopg2:", 1);
                format!("{server}/{name}")
            }
            Self::Mysql => {
                let mut connection = Conn::from_url(&uri).await.expect("a server");
                let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
                connection.query_drop(sql).await.expect("made");
                let server = server.replacen("mysql:", "mysql+pymysql:", 1);
                format!("{server}/{name}?charset=utf8mb4")
            }
        }
    }
}
