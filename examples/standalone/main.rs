//! A model without the library's types over its event store: a mapping, a mutator, tables and items
//! of any shape.
//!
//! `cargo run --example standalone`. The model is in `orders.rs` and does not use the library.
//! `mapping.rs` defines how its events are stored. `journal.rs` is a store whose items have another
//! shape.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

mod journal;
mod mapping;
mod orders;

use std::sync::Arc;

use es::event_store::Mapper;
use es::store::Table;
use es::{Aggregate, Application, Error, EventStore, Position, Salt, aggregate};
use journal::Journal;
use orders::{Order, OrderEvent, mutate};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    a_custom_model().await?;
    items_of_a_custom_shape().await?;
    several_stores_in_one_application().await?;
    only_some_kinds().await?;
    Ok(())
}

async fn order(store: &EventStore, id: Uuid) -> es::Result<Option<Order>> {
    store.custom_events(id).fold(None, mutate).await
}

/// Stores events by their mapping, encrypted like any others, and folds them into a state with the
/// mutator.
async fn a_custom_model() -> Result<(), Box<dyn std::error::Error>> {
    let key = es::cipher::encode_random_bytes(32)?;
    let app = Application::builder()
        .uri("sqlite::memory:")
        .cipher_key(key)
        .table(mapping::orders())
        .open()
        .await?;
    let (store, id) = (app.event_store(), Uuid::from_u128(1));
    store.append(&[Order::place(id, "Ann")]).await?;
    let placed = order(store, id).await?.ok_or("it was placed")?;
    store.append(&[placed.add("a book", 1200)]).await?;

    let found = order(store, id).await?.ok_or("it was placed")?;
    assert_eq!((found.customer.as_str(), found.cents), ("Ann", 1200));
    assert_eq!(found.items, ["a book"]);

    // If two writers loaded the same order, the second gets a conflict.
    let stale = store.append(&[placed.add("a lamp", 3000)]).await;
    assert!(matches!(
        stale,
        Err(Error::Conflict {
            position: Position::Integer(1),
            ..
        })
    ));

    // An early version, and the end.
    let early = store.custom_events::<OrderEvent>(id).lte(0);
    assert_eq!(early.fold(None, mutate).await?, Some(placed));
    store.append(&[found.cancel()]).await?;
    assert_eq!(order(store, id).await?, None);

    let stored = store.items(id).await?;
    assert_eq!(stored[1].topic, "orders#ItemAdded");
    assert!(!stored[1].data.contains("book"));
    println!(
        "an order of {} events, in a table of its own columns",
        stored.len()
    );
    Ok(())
}

/// A store defines the shape of its own items.
async fn items_of_a_custom_shape() -> Result<(), Box<dyn std::error::Error>> {
    let journal = Arc::new(Journal::default());
    let store = EventStore::new(journal.clone(), Mapper::new(), Salt::none());
    let id = Uuid::from_u128(2);
    store.append(&[Order::place(id, "Bob")]).await?;
    for (item, cents) in [("a book", 1200), ("a lamp", 3000)] {
        let order = order(&store, id).await?.ok_or("it was placed")?;
        store.append(&[order.add(item, cents)]).await?;
    }
    assert_eq!(journal.turnover(), 4200);
    assert_eq!(
        order(&store, id).await?.map(|order| order.cents),
        Some(4200)
    );
    println!("a journal with a turnover of {} cents", journal.turnover());
    Ok(())
}

#[aggregate]
struct Customer {
    #[attribute]
    name: String,
}

#[aggregate]
struct Visit {}

/// Opens one database with a table for each of two models.
async fn several_stores_in_one_application() -> Result<(), Box<dyn std::error::Error>> {
    let app = Application::builder().uri("sqlite::memory:").open().await?;
    let orders = app.open_store(mapping::orders()).await?;
    let archive = app
        .open_store(Table::integer_sequenced().named("archive"))
        .await?;

    let mut customer = Customer::create("Ann")?;
    app.save(&mut customer).await?;
    let id = Uuid::from_u128(3);
    let placed = Order::place(id, customer.name());
    orders.append(std::slice::from_ref(&placed)).await?;
    archive.append(&[placed]).await?;

    for store in [&orders, &archive] {
        assert_eq!(
            order(store, id).await?.map(|order| order.customer),
            Some("Ann".to_owned())
        );
        assert!(store.items(customer.id()).await?.is_empty());
    }
    assert!(app.items(id).await?.is_empty());
    println!("three stores in one database");
    app.close().await?;
    Ok(())
}

/// Visits are published but not stored.
async fn only_some_kinds() -> Result<(), Box<dyn std::error::Error>> {
    let app = Application::builder()
        .uri("sqlite::memory:")
        .persist_only::<Customer>()
        .open()
        .await?;
    let (mut customer, mut visit) = (Customer::create("Ann")?, Visit::create()?);
    app.save(&mut customer).await?;
    app.save(&mut visit).await?;
    assert!(app.contains::<Customer>(customer.id()).await?);
    assert!(!app.contains::<Visit>(visit.id()).await?);
    println!("customers are stored, visits are not");
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_standalone_example_runs() -> Result<(), Box<dyn std::error::Error>> {
        super::main()
    }
}
