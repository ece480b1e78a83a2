use async_trait::async_trait;
use es::Application;
use es::infrastructure::{Datastore, Table};
use es::postgres::tokio_postgres::{Client, Config, NoTls};
use es::postgres::{PostgresDatastore, PostgresOptions, save_in};
use uuid::Uuid;

use super::{Database, End, Invoice};

const VARIABLE: &str = "ES_POSTGRES_URL";

pub(crate) fn is_there() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

pub(crate) struct Schema(String);

impl Schema {
    pub(crate) fn new() -> Self {
        Self(format!("es_{}", Uuid::new_v4().simple()))
    }

    fn config(&self) -> Config {
        let uri = std::env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
        let mut config: Config = uri.parse().expect("an address");
        config.options(format!("-c search_path={}", self.0));
        config
    }

    async fn connect(&self) -> Client {
        let (client, connection) = self.config().connect(NoTls).await.expect("a server");
        tokio::spawn(connection);
        client
    }
}

#[async_trait]
impl Database for Schema {
    async fn app(&self) -> Application {
        let made = format!(
            "CREATE SCHEMA {}; CREATE TABLE payments (amount BIGINT)",
            self.0
        );
        self.connect()
            .await
            .batch_execute(&made)
            .await
            .expect("made");
        let options = PostgresOptions::new(self.config());
        let database = PostgresDatastore::open(options).await.expect("opened");
        let table = database.record_manager(Table::stored_events()).await;
        let builder = Application::builder().store(table.expect("a table"));
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
