//! New databases on the servers, with URIs that both libraries accept.

#[cfg(feature = "mysql")]
use es::mysql::mysql_async::{Conn, prelude::Queryable};
#[cfg(feature = "postgres")]
use es::postgres::tokio_postgres::{self, NoTls};
use uuid::Uuid;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Server {
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "mysql")]
    Mysql,
}

impl Server {
    pub(crate) const ALL: &[Self] = &[
        #[cfg(feature = "postgres")]
        Self::Postgres,
        #[cfg(feature = "mysql")]
        Self::Mysql,
    ];

    const fn variable(self) -> &'static str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => "ES_POSTGRES_URL",
            #[cfg(feature = "mysql")]
            Self::Mysql => "ES_MYSQL_URL",
        }
    }

    pub(crate) fn is_available(self) -> bool {
        std::env::var_os(self.variable()).is_some()
    }

    /// Creates a database and returns its URI in the form of `SQLAlchemy`.
    pub(crate) async fn new_database(self) -> String {
        let variable = self.variable();
        let uri = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"));
        let name = format!("es_{}", Uuid::new_v4().simple());
        let (server, _) = uri.rsplit_once('/').expect("an address");
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => {
                let (client, connection) = tokio_postgres::connect(&uri, NoTls)
                    .await
                    .expect("the server accepts the connection");
                tokio::spawn(connection);
                let sql = format!("CREATE DATABASE {name}");
                client.batch_execute(&sql).await.expect("created");
                let server = server.replacen("postgresql:", "postgresql+psycopg2:", 1);
                format!("{server}/{name}")
            }
            #[cfg(feature = "mysql")]
            Self::Mysql => {
                let mut connection = Conn::from_url(&uri)
                    .await
                    .expect("the server accepts the connection");
                let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
                connection.query_drop(sql).await.expect("created");
                let server = server.replacen("mysql:", "mysql+pymysql:", 1);
                format!("{server}/{name}?charset=utf8mb4")
            }
        }
    }
}
