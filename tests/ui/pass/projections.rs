//! Projections compile under strict lints.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]
#![deny(unused, unused_qualifications, elided_lifetimes_in_paths, private_interfaces, let_underscore_drop)]
#![deny(trivial_casts, trivial_numeric_casts, single_use_lifetimes, unused_lifetimes, variant_size_differences)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use std::collections::HashMap;

use es::projections::{MemoryTransaction, Projection};
use es::{Discarded, EventHeader, Mutate, RecordId, aggregate, event, projection};

/// Money was paid in.
#[event]
struct Deposited {
    cents: i64,
}

/// The account was closed.
#[event(name = "bank#Closed")]
struct Closed;

/// An account.
#[aggregate(events(Deposited, Closed))]
struct Account {
    #[attribute]
    owner: String,
    balance: i64,
}

/// A branch.
#[aggregate(events(Closed))]
struct Branch;

impl Mutate<Account> for Deposited {
    fn mutate(&self, account: &mut Account) {
        account.balance += self.cents;
    }
}

impl Mutate<Account> for Closed {
    fn mutate(&self, account: &mut Account) {
        account.balance = 0;
    }
}

impl Mutate<Branch> for Closed {
    fn mutate(&self, _: &mut Branch) {}
}

/// The balances of accounts.
type Table = MemoryTransaction<HashMap<String, i64>>;

/// Balances.
#[derive(Debug)]
struct Balances;

#[projection(aggregates(Account, Branch))]
impl Balances {
    const fn kept() -> u8 {
        1
    }

    #[subscribe_to(AccountCreated)]
    fn opened(&self, event: &AccountCreated, table: &mut Table) {
        table.insert(event.owner.clone(), i64::from(Self::kept()));
    }

    #[subscribe_to(BranchCreated)]
    const fn founded(&self, _: &BranchCreated) {}

    #[subscribe_to(AccountAttribute)]
    const fn changed(&self, _: &AccountAttribute) {}

    #[subscribe_to(Deposited)]
    async fn r#move(&self, at: RecordId, header: &EventHeader, event: &Deposited, table: &mut Table) -> es::Result<()> {
        std::future::ready(()).await;
        table.insert(header.topic.to_string(), event.cents);
        table.insert(at.to_string(), event.cents);
        Ok(())
    }

    #[subscribe_to(Closed)]
    fn closed(&self, _: &Closed, header: &EventHeader, table: &mut Table) -> Result<(), std::fmt::Error> {
        table.remove(header.topic.as_str()).map(drop).ok_or(std::fmt::Error)
    }

    #[subscribe_to(Discarded)]
    const fn discarded(&self, _: &Discarded) {}
}

/// A projection without a transaction.
#[derive(Debug)]
struct Reactions;

#[projection(aggregates(Account), name = "reactions", ignore_others)]
impl Reactions {
    #[subscribe_to(Closed)]
    const fn closed(&self, _: &Closed) {}
}

const fn takes<P: Projection<Table>>(_: &P) -> &'static str {
    P::NAME
}

fn main() {
    assert_eq!(takes(&Balances), "Balances");
    assert_eq!(takes(&Reactions), "reactions");
}
