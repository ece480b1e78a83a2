//! Transactions on `SQLite`.

use async_trait::async_trait;
use es::Application;
use es::sqlite::rusqlite::{Connection, TransactionBehavior};
use es::sqlite::save_in;
use tempfile::TempDir;

use super::{Database, End, Invoice};

pub(crate) struct File(TempDir);

impl File {
    pub(crate) fn new() -> Self {
        let file = Self(tempfile::tempdir().expect("a directory"));
        let table = "CREATE TABLE payments (amount INTEGER)";
        file.connect().execute_batch(table).expect("created");
        file
    }

    fn connect(&self) -> Connection {
        Connection::open(self.0.path().join("events.db")).expect("a file")
    }
}

#[async_trait]
impl Database for File {
    async fn app(&self) -> Application {
        let uri = format!("sqlite:///{}/events.db", self.0.path().display());
        Application::builder()
            .uri(uri)
            .open()
            .await
            .expect("opened")
    }

    async fn transact(
        &self,
        app: &Application,
        invoices: Vec<&mut Invoice>,
        meanwhile: &(dyn Fn() + Send + Sync),
        end: End,
    ) -> Vec<es::Result<Vec<u64>>> {
        let mut connection = self.connect();
        let mut transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .expect("begun");
        transaction
            .execute("INSERT INTO payments VALUES (10)", [])
            .expect("inserted");
        let saved: Vec<_> = invoices
            .into_iter()
            .map(|invoice| save_in(app, &mut transaction, invoice))
            .collect();
        meanwhile();
        match end {
            End::Commit => transaction.commit(),
            End::Rollback => transaction.rollback(),
        }
        .expect("ended");
        saved
            .into_iter()
            .map(|saved| saved.map(|saved| super::settle(saved, end)))
            .collect()
    }

    async fn payments(&self) -> i64 {
        let sql = "SELECT COUNT(*) FROM payments";
        self.connect()
            .query_row(sql, [], |row| row.get(0))
            .expect("counted")
    }
}
