//! Read models on `SQLite`.

use std::path::Path;

use es::sqlite::rusqlite::params;
use es::sqlite::{SqliteOptions, SqliteReadModel, SqliteTransaction};
use es::{Aggregate, Application, BoxError, EventHeader, RecordId, projection};
use uuid::Uuid;

use super::domain::{Account, Balance, Balances, Deposited};
use super::ends::{self, CHILDREN, Doing, Kept, Then};
use super::store::{Faults, SqlStore, Store, faultless};

pub(crate) struct Sqlite;

/// A projection into a table, in the database of the events or in another one.
pub(crate) struct InTable {
    faults: Faults,
    table: &'static str,
}

fn table(name: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (
             account TEXT PRIMARY KEY, cents INTEGER NOT NULL, deposits INTEGER NOT NULL, last INTEGER NOT NULL)"
    )
}

#[projection(aggregates(Account), name = "balances", ignore_others)]
impl InTable {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), BoxError> {
        let sql = format!(
            "INSERT INTO {} (account, cents, deposits, last) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents, deposits = deposits + 1, last = excluded.last",
            self.table
        );
        let account = header.originator_id.to_string();
        let at_number = i64::try_from(at.get())?;
        transaction
            .prepare_cached(&sql)?
            .execute(params![account, event.cents, at_number])?;
        // The fault comes after the write, so that a rollback is visible.
        (self.faults)(header, at)
    }
}

impl Store for Sqlite {
    const NAME: &'static str = "sqlite";

    type Model = SqliteReadModel;
    type Projection = InTable;

    async fn open(folder: &Path) -> SqliteReadModel {
        let model = SqliteReadModel::open(SqliteOptions::file(folder.join("read.db"))).await;
        let model = model.expect("the database opens");
        let made = model.write(|connection| connection.execute_batch(&table("balances")));
        made.await.expect("the table is created");
        model
    }

    fn projection(faults: Faults) -> InTable {
        InTable {
            faults,
            table: "balances",
        }
    }

    async fn read(model: &SqliteReadModel) -> Balances {
        let rows = model.read(|connection| {
            let sql = "SELECT account, cents, deposits, last FROM balances";
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                let account: String = row.get(0)?;
                let last: i64 = row.get(3)?;
                let balance = Balance {
                    cents: row.get(1)?,
                    deposits: row.get(2)?,
                    last: u64::try_from(last).expect("a position"),
                };
                Ok((Uuid::parse_str(&account).expect("an id"), balance))
            })?;
            rows.collect()
        });
        rows.await.expect("it is read")
    }
}

/// A policy that pays one more cent, once, for each deposit of more than one into the same account.
pub(crate) struct Interest {
    app: Application,
    faults: Faults,
}

#[projection(aggregates(Account), name = "interest", ignore_others)]
impl Interest {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), BoxError> {
        if event.cents == 1 {
            return Ok(());
        }
        let mut account: Account = self.app.get_in(transaction, header.originator_id).await?;
        account.trigger(Deposited { cents: 1 })?;
        self.app.save_in(transaction, &mut account).await?;
        (self.faults)(header, at)
    }
}

impl SqlStore for Sqlite {
    const SWITCH: &'static str = "DROP TABLE balances; ALTER TABLE balances_2 RENAME TO balances";

    type Policy = Interest;

    fn table(name: &str) -> String {
        table(name)
    }

    fn projection_into(table: &'static str) -> InTable {
        let faults = faultless();
        InTable { faults, table }
    }

    fn policy(app: &Application, faults: Faults) -> Interest {
        let app = app.clone();
        Interest { app, faults }
    }

    async fn open_with_events(folder: &Path) -> SqliteReadModel {
        let model = SqliteReadModel::open(SqliteOptions::file(folder.join("events.db"))).await;
        model.expect("the database opens")
    }

    async fn execute(model: &SqliteReadModel, sql: String) {
        let written = model.write(move |connection| connection.execute_batch(&sql));
        written.await.expect("executed");
    }

    async fn execute_in(
        transaction: &mut SqliteTransaction,
        sql: &'static str,
    ) -> Result<(), BoxError> {
        Ok(transaction.execute_batch(sql)?)
    }
}

/// A projection that executes a statement after it wrote the row of an account.
pub(crate) struct OnSqlite(Then);

#[projection(aggregates(Account), name = "doing", ignore_others)]
impl OnSqlite {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), BoxError> {
        let (row, then) = self.0.sql(header, event.cents, at);
        transaction.execute_batch(&row)?;
        self.0
            .minded(then.map_or(Ok(()), |then| transaction.execute_batch(then)))
    }
}

impl Doing for Sqlite {
    type Doer = OnSqlite;

    const ENDS: &'static [(&'static str, Kept)] = &[
        (
            "INSERT OR ROLLBACK INTO balances SELECT * FROM balances",
            Kept::Nothing,
        ),
        ("ROLLBACK", Kept::Nothing),
        ("ROLLBACK; BEGIN", Kept::Nothing),
        ("COMMIT", Kept::Rows),
    ];

    fn doer(then: Then) -> OnSqlite {
        OnSqlite(then)
    }
}

pub(crate) async fn refused_commit() {
    ends::refused_commit::<Sqlite>(CHILDREN).await;
}
