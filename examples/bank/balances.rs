//! The read model: a table with the balance of each account.

use es::sqlite::SqliteTransaction;
use es::sqlite::rusqlite::{Connection, Result};
use es::{EventHeader, projection};
use serde::Serialize;

use crate::account::{Account, AccountCreated, Deposited, Withdrawn};

pub fn make_table(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS balances (account TEXT PRIMARY KEY, owner TEXT NOT NULL, cents INTEGER NOT NULL)",
    )
}

/// The projection that fills the table.
pub struct Balances;

#[projection(aggregates(Account), name = "balances", ignore_others)]
impl Balances {
    #[subscribe_to(AccountCreated)]
    fn opened(
        &self,
        account: &AccountCreated,
        header: &EventHeader,
        transaction: &mut SqliteTransaction,
    ) -> Result<()> {
        let sql = "INSERT INTO balances VALUES (?1, ?2, 0)";
        let id = header.originator_id.to_string();
        transaction.execute(sql, (id, &account.owner))?;
        Ok(())
    }

    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        transaction: &mut SqliteTransaction,
    ) -> Result<()> {
        add(transaction, header, event.cents)
    }

    #[subscribe_to(Withdrawn)]
    fn withdrawn(
        &self,
        event: &Withdrawn,
        header: &EventHeader,
        transaction: &mut SqliteTransaction,
    ) -> Result<()> {
        add(transaction, header, -event.cents)
    }
}

fn add(transaction: &SqliteTransaction, header: &EventHeader, cents: i64) -> Result<()> {
    let sql = "UPDATE balances SET cents = cents + ?2 WHERE account = ?1";
    let mut statement = transaction.prepare_cached(sql)?;
    statement.execute((header.originator_id.to_string(), cents))?;
    Ok(())
}

/// A row of the table.
#[derive(Serialize)]
pub struct Balance {
    account: String,
    owner: String,
    cents: i64,
}

pub fn all(connection: &Connection) -> Result<Vec<Balance>> {
    let sql = "SELECT account, owner, cents FROM balances ORDER BY owner, account";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(Balance {
            account: row.get(0)?,
            owner: row.get(1)?,
            cents: row.get(2)?,
        })
    })?;
    rows.collect()
}
