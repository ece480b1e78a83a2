//! A bank: accounts, transfers that a projection carries out exactly once, balances in a table, and an
//! HTTP API.
//!
//! ```text
//! cargo run --example bank --features http -- bank.db 8000
//! curl -H 'content-type: application/json' -d '{"owner": "Ada"}' 127.0.0.1:8000/accounts
//! ```
//!
//! | file | contents |
//! |---|---|
//! | `account.rs`, `transfer.rs` | the domain: no database, no `async` |
//! | `payments.rs` | the projection that handles transfers and saves in the transaction of its position |
//! | `balances.rs` | the read model: a table that is filled in the transaction of its position |
//! | `api.rs` | the requests |
//!
//! The program may be killed at any time: every acknowledged request is kept, and each transfer is
//! carried out once.

#![allow(clippy::print_stdout)]
#![expect(unreachable_pub, reason = "the domain is written as that of a library")]

mod account;
mod api;
mod balances;
mod payments;
mod transfer;

use es::http::Server;
use es::projections::Runner;
use es::sqlite::{SqliteOptions, SqliteReadModel};
use es::{Application, BoxError};

use crate::api::Bank;
use crate::balances::Balances;
use crate::payments::Payments;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(port)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bank DATABASE PORT".into());
    };
    let app = Application::builder()
        .uri(format!("sqlite:///{path}"))
        .open()
        .await?;
    // The read model is in the file of the events, so that the events of `Payments` and its position
    // commit together.
    let model = SqliteReadModel::open(SqliteOptions::file(path)).await?;
    model.write(balances::make_table).await?;

    let payments = Payments { app: app.clone() };
    let payments = Runner::new(payments, model.clone(), &app)?.lease(api::LEASE);
    let balances = Runner::new(Balances, model.clone(), &app)?.lease(api::LEASE);
    let bank = Bank {
        payments: payments.start().await?,
        balances: balances.start().await?,
        model,
        app,
    };
    let server = Server::new(api::router(bank)).port(port.parse()?);
    let server = server.start().await?;
    println!("{}", server.url());
    std::future::pending().await
}
