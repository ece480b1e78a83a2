//! Cases of events in the caller's transactions: on each store, they commit or roll back together
//! with the caller's rows.

mod cases;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use es::application::Staged;
use es::{Application, Mutate, RecordId, aggregate, event};
use libtest_mimic::Trial;

/// An invoice.
#[aggregate(events(Paid))]
pub(crate) struct Invoice {
    pub(crate) paid: u64,
}

/// An amount was paid.
#[event]
pub(crate) struct Paid {
    pub(crate) amount: u64,
}

impl Mutate<Invoice> for Paid {
    fn mutate(&self, invoice: &mut Invoice) {
        invoice.paid += self.amount;
    }
}

/// The end of a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    Rollback,
}

/// A new database, with a table `payments` of business rows.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    async fn app(&self) -> Application;

    /// Inserts a payment, saves the invoices one after another, calls `meanwhile`, and ends the
    /// transaction. Returns the record ids or the error of each save.
    async fn transact(
        &self,
        app: &Application,
        invoices: Vec<&mut Invoice>,
        meanwhile: &(dyn Fn() + Send + Sync),
        end: End,
    ) -> Vec<es::Result<Vec<u64>>>;

    async fn payments(&self) -> i64;
}

/// Completes a staged save by the outcome and returns the record ids.
pub(crate) fn settle(saved: Staged<'_, Invoice>, end: End) -> Vec<u64> {
    let appended = match end {
        End::Commit => saved.committed(),
        End::Rollback => saved.appended(),
    };
    appended.record_ids().map(RecordId::get).collect()
}

pub(crate) fn trials() -> Vec<Trial> {
    let stores = [
        trials_of("sqlite", true, || Arc::new(sqlite::File::new())),
        #[cfg(feature = "postgres")]
        trials_of(
            "postgres",
            is_available(&crate::postgres_server::Postgres),
            || Arc::new(postgres::Schema::new()),
        ),
        #[cfg(feature = "mysql")]
        trials_of("mysql", is_available(&crate::mysql_server::Mysql), || {
            Arc::new(mysql::OneDatabase::new())
        }),
    ];
    stores.into_iter().flatten().collect()
}

#[cfg(any(feature = "mysql", feature = "postgres"))]
fn is_available(server: &dyn es_testing::store::servers::Server) -> bool {
    server.is_available()
}

fn trials_of(store: &str, is_available: bool, new: fn() -> Arc<dyn Database>) -> Vec<Trial> {
    let trial = |(name, check): &(&str, cases::Check)| {
        let check = *check;
        let trial = Trial::test(format!("transactions::{store}::{name}"), move || {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(async { check(new()).await });
            Ok(())
        });
        trial.with_ignored_flag(!is_available)
    };
    cases::CASES.iter().map(trial).collect()
}
