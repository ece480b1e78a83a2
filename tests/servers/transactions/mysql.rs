//! Transactions on `MySQL`.

use async_trait::async_trait;
use es::Application;
use es::mysql::mysql_async::prelude::Queryable;
use es::mysql::mysql_async::{Conn, TxOpts};
use es::mysql::{MysqlDatastore, MysqlOptions, save_in};
use es::store::{Datastore, Table};
use uuid::Uuid;

use super::{Database, End, Invoice};
use crate::databases::ON_MYSQL;
use crate::mysql_server::{connect, server_of};

pub(crate) struct OneDatabase(String);

impl OneDatabase {
    pub(crate) fn new() -> Self {
        Self(format!("es_{}", Uuid::new_v4().simple()))
    }

    async fn connect(&self) -> Conn {
        connect(server_of(&self.0))
            .await
            .expect("the server accepts the connection")
    }
}

#[async_trait]
impl Database for OneDatabase {
    async fn app(&self) -> Application {
        ON_MYSQL.create_database(&self.0).await;
        let mut connection = self.connect().await;
        let made = connection.query_drop("CREATE TABLE payments (amount BIGINT)");
        made.await.expect("created");
        let options = MysqlOptions::new(server_of(&self.0).into());
        let database = MysqlDatastore::open(options).await.expect("opened");
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
        let mut connection = self.connect().await;
        let begun = connection.start_transaction(TxOpts::default()).await;
        let mut transaction = begun.expect("begun");
        transaction
            .query_drop("INSERT INTO payments VALUES (10)")
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
        let mut connection = self.connect().await;
        let count = connection
            .query_first("SELECT COUNT(*) FROM payments")
            .await;
        count.expect("counted").expect("a row")
    }
}
