//! The server for the cases of SQL servers.

use std::sync::Arc;

use async_trait::async_trait;
use es_mysql::mysql_async::Pool;
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::{MysqlDatastore, MysqlOptions};
use es_store::{BoxError, Datastore, RecordError, Table};
use es_testing::store::servers::{SqlPool, SqlServer};

use crate::server::{Mysql, connect, server_of};

#[async_trait]
impl SqlServer for Mysql {
    async fn pool(&self, database: &str) -> Result<Box<dyn SqlPool>, BoxError> {
        Ok(Box::new(Shared(Pool::new(server_of(database)))))
    }

    async fn migrate(&self, database: &str) -> Result<usize, RecordError> {
        let options = MysqlOptions::new(server_of(database).into());
        let database = MysqlDatastore::open(options).await?;
        database.table(Table::stored_events())?.migrate().await
    }

    async fn create_django_table(&self, database: &str) -> Result<Table, BoxError> {
        let make = "CREATE TABLE stored_events (id bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, originator_id char(32) NOT \
                    NULL, originator_version bigint NOT NULL, event_type longtext NOT NULL, state longtext NOT NULL, UNIQUE \
                    KEY stored_events_originator_id_originator_version_49cda8b2_uniq (originator_id, originator_version)) \
                    CHARSET=utf8mb4; INSERT INTO stored_events VALUES (1, 'b81d160dd7ef45aba629c7278082a845', 0, \
                    'World.Happened', '{\"n\":0}')";
        let mut connection = connect(server_of(database)).await?;
        connection.query_drop(make).await?;
        Ok(Table::stored_events())
    }

    /// Django stores ids as hexadecimal digits on `MySQL`.
    async fn check_django_row(&self, database: &str) -> Result<(), BoxError> {
        let mut connection = connect(server_of(database)).await?;
        let sql = "SELECT originator_id FROM stored_events WHERE id = 2";
        let digits: Option<String> = connection.query_first(sql).await?;
        assert_eq!(digits.as_deref(), Some("b81d160dd7ef45aba629c7278082a845"));
        Ok(())
    }
}

struct Shared(Pool);

#[async_trait]
impl SqlPool for Shared {
    fn store(&self) -> Arc<dyn Datastore> {
        Arc::new(MysqlDatastore::from_pool(self.0.clone()))
    }

    async fn count(&self, table: &str) -> Result<i64, BoxError> {
        let mut connection = self.0.get_conn().await?;
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let count = connection.query_first(sql).await?;
        Ok(count.unwrap_or_default())
    }
}
