//! The server for the cases of SQL servers.

use std::sync::Arc;

use async_trait::async_trait;
use es_postgres::deadpool_postgres::{Manager, Pool};
use es_postgres::tokio_postgres::NoTls;
use es_postgres::{PostgresDatastore, PostgresOptions};
use es_store::{BoxError, Datastore, RecordError, Table};
use es_testing::store::servers::{SqlPool, SqlServer};

use crate::server::{Postgres, config_of, connect};

#[async_trait]
impl SqlServer for Postgres {
    async fn pool(&self, schema: &str) -> Result<Box<dyn SqlPool>, BoxError> {
        let manager = Manager::new(config_of(schema), NoTls);
        Ok(Box::new(Shared(
            Pool::builder(manager).max_size(2).build()?,
        )))
    }

    async fn migrate(&self, schema: &str) -> Result<usize, RecordError> {
        let options = PostgresOptions::new(config_of(schema));
        let database = PostgresDatastore::open(options).await?;
        database.table(Table::stored_events())?.migrate().await
    }

    async fn create_django_table(&self, schema: &str) -> Result<Table, BoxError> {
        let make = "CREATE TABLE snapshots (id bigserial PRIMARY KEY, sequence_id uuid NOT NULL, position bigint NOT NULL, \
                    topic text NOT NULL, data text NOT NULL, CONSTRAINT snapshots_sequence_id_position_a228c0bf_uniq UNIQUE \
                    (sequence_id, position)); INSERT INTO snapshots (sequence_id, position, topic, data) VALUES \
                    ('b81d160dd7ef45aba629c7278082a845', 0, 'World.Happened', '{\"n\":0}')";
        let client = connect(&config_of(schema)).await?;
        client.batch_execute(make).await?;
        Ok(Table::snapshots())
    }
}

struct Shared(Pool);

#[async_trait]
impl SqlPool for Shared {
    fn store(&self) -> Arc<dyn Datastore> {
        Arc::new(PostgresDatastore::from_pool(self.0.clone()))
    }

    async fn count(&self, table: &str) -> Result<i64, BoxError> {
        let client = self.0.get().await?;
        let sql = format!("SELECT count(*) FROM {table}");
        Ok(client.query_one(&sql, &[]).await?.get(0))
    }
}
