//! A collection, a big array that many tasks write, and a time-bucketed log, in one database.
//!
//! `cargo run --example arrays_and_logs --features structures`; add `-- FILE` to keep the database.

#![allow(clippy::print_stdout)]

use std::num::NonZeroU32;
use std::sync::Arc;

use es::event_store::Mapper;
use es::store::{Driver, Table};
use es::structures::{
    BigArray, BucketSize, Collection, IntegerSequence, LogMessages, SimpleIntegerSequence,
    TimeBucketedLog,
};
use es::{Aggregate, Application, EventStore, Salt};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri = match std::env::args().nth(1) {
        Some(file) => format!("sqlite:///{file}"),
        None => "sqlite::memory:".to_owned(),
    };
    let database = Driver::open(&uri).await?;
    let events = database.record_manager(Table::stored_events()).await?;
    let app = Application::builder().store(events).open().await?;

    let mut members = Collection::create()?;
    for name in ["Ann", "Bob", "Cid"] {
        members.add(name.to_owned())?;
    }
    members.remove(&"Bob".to_owned())?;
    app.save(&mut members).await?;
    let members: Collection<String> = app.get(members.id()).await?;
    println!("members: {:?}", members.items());

    // Each writer takes its own numbers, so that no assignment is refused.
    let size = NonZeroU32::new(100).ok_or("0")?;
    let squares = BigArray::<u64>::new(app.event_store().clone(), Uuid::new_v4(), size);
    let next = squares.next_position().await?;
    let numbers = Arc::new(SimpleIntegerSequence::starting_at(next));
    let write = |_| {
        let (squares, numbers) = (squares.clone(), Arc::clone(&numbers));
        tokio::spawn(async move {
            for _ in 0..64 {
                let number = numbers.next().await?;
                squares.assign(number, number * number).await?;
            }
            Ok::<_, es::Error>(())
        })
    };
    for writer in (0..4).map(write).collect::<Vec<_>>() {
        writer.await??;
    }
    println!(
        "{} squares, among them {:?}",
        squares.next_position().await?,
        squares.items(98..102).await?
    );

    let table = database
        .record_manager(Table::timestamp_sequenced_no_id())
        .await?;
    table.setup().await?;
    let store = EventStore::new(table, Mapper::new(), Salt::from_env()?);
    let mut log = TimeBucketedLog::start(Uuid::new_v4(), BucketSize::Hour)?;
    app.save(&mut log).await?;
    let messages = LogMessages::new(&log, store)?;
    for message in ["the doors open", "somebody comes in", "the doors close"] {
        messages.append(message).await?;
    }
    let mut latest = messages.read().limit(2).stream();
    while let Some(message) = latest.next().await {
        let message = message?;
        let time = message.header().timestamp;
        println!("{time:?} {}", message.payload().message);
    }
    database.close().await?;
    Ok(())
}
