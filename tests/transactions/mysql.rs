use async_trait::async_trait;
use es::Application;
use es::infrastructure::{Datastore, Table};
use es::mysql::mysql_async::prelude::Queryable;
use es::mysql::mysql_async::{Conn, Opts, OptsBuilder, TxOpts};
use es::mysql::{MysqlDatastore, MysqlOptions, save_in};
use uuid::Uuid;

use super::{Database, End, Invoice};

const VARIABLE: &str = "ES_MYSQL_URL";

pub(crate) fn is_there() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

pub(crate) struct OneDatabase(String);

impl OneDatabase {
    pub(crate) fn new() -> Self {
        Self(format!("es_{}", Uuid::new_v4().simple()))
    }

    fn server(&self) -> Opts {
        let uri = std::env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
        let opts = Opts::from_url(&uri).expect("an address");
        OptsBuilder::from_opts(opts)
            .prefer_socket(false)
            .db_name(Some(&self.0))
            .into()
    }

    async fn connect(&self) -> Conn {
        Conn::new(self.server()).await.expect("a server")
    }
}

#[async_trait]
impl Database for OneDatabase {
    async fn app(&self) -> Application {
        let server = OptsBuilder::from_opts(self.server()).db_name(None::<String>);
        let mut connection = Conn::new(server).await.expect("a server");
        let make = format!(
            "CREATE DATABASE {0}; CREATE TABLE {0}.payments (amount BIGINT)",
            self.0
        );
        connection.query_drop(make).await.expect("made");
        let options = MysqlOptions::new(self.server());
        let database = MysqlDatastore::open(options).await.expect("opened");
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
