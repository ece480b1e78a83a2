//! Transactions on `PostgreSQL`.

use async_trait::async_trait;
use es::Application;
use es::postgres::tokio_postgres::Client;
use es::postgres::{PostgresDatastore, PostgresOptions, save_in};
use es::store::{Datastore, Table};
use uuid::Uuid;

use super::{Database, End, Invoice};
use crate::databases::ON_POSTGRES;
use crate::postgres_server::{config_of, connect};

pub(crate) struct Schema(String);

impl Schema {
    pub(crate) fn new() -> Self {
        Self(format!("es_{}", Uuid::new_v4().simple()))
    }

    async fn connect(&self) -> Client {
        let client = connect(&config_of(&self.0)).await;
        client.expect("the server accepts the connection")
    }
}

#[async_trait]
impl Database for Schema {
    async fn app(&self) -> Application {
        ON_POSTGRES.create_database(&self.0).await;
        let client = self.connect().await;
        let made = client.batch_execute("CREATE TABLE payments (amount BIGINT)");
        made.await.expect("created");
        let options = PostgresOptions::new(config_of(&self.0));
        let database = PostgresDatastore::open(options).await.expect("opened");
        let table = database.record_manager(Table::stored_events()).await;
        let builder = Application::builder().store(table.expect("the table opens"));
        builder.open().await.expect("opened")
    }

    async fn transact(
        &self,
        app: &Application,
        invoices: Vec<&mut Invoice>,
        meanwhile: &(dyn Fn() + Send + Sync),
        end: End,
    ) -> Vec<es::Result<Vec<u64>>> {
        let mut client = self.connect().await;
        let mut transaction = client.transaction().await.expect("begun");
        transaction
            .execute("INSERT INTO payments VALUES (10)", &[])
            .await
            .expect("inserted");
        let mut saved = Vec::new();
        for invoice in invoices {
            saved.push(save_in(app, &mut transaction, invoice).await);
        }
        tokio::task::block_in_place(meanwhile);
        match end {
            End::Commit => transaction.commit().await,
            End::Rollback => transaction.rollback().await,
        }
        .expect("ended");
        saved
            .into_iter()
            .map(|saved| saved.map(|saved| super::settle(saved, end)))
            .collect()
    }

    async fn payments(&self) -> i64 {
        let client = self.connect().await;
        let row = client.query_one("SELECT COUNT(*) FROM payments", &[]).await;
        row.expect("counted").get(0)
    }
}
