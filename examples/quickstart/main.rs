//! A world is created, changed, saved, replayed, verified, visited in the past, and discarded.
//!
//! `cargo run --example quickstart`; the whole domain is in `world.rs` beside this file.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

mod world;

use es::{Aggregate, Application, Error};
use world::World;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // All events are encrypted with this key. Keep it: without it nobody reads them again.
    let key = es::cipher::encode_random_bytes(32)?;
    let app = Application::builder()
        .uri("sqlite::memory:")
        .cipher_key(key)
        .open()
        .await?;

    // Commands. Nothing is stored yet: the events are pending.
    let mut world = World::create("gods")?;
    world.make_it_so("dinosaurs")?;
    world.make_it_so("trucks")?;
    let version = world.version();
    world.make_it_so("internet")?;
    world.set_ruler("money")?;
    assert_eq!(world.ruler(), "money");
    assert_eq!(world.history, ["dinosaurs", "trucks", "internet"]);
    println!(
        "a world with {} pending events",
        world.pending_events().len()
    );

    // All of them, or none, in one transaction.
    let saved = app.save(&mut world).await?;
    println!(
        "saved: {} events, up to record {:?}",
        saved.len(),
        saved.last()
    );

    // Replayed from the stored events, every hash checked.
    let copy: World = app.get(world.id()).await?;
    assert_eq!(copy.ruler(), "money");
    assert_eq!(copy.history, ["dinosaurs", "trucks", "internet"]);
    assert_eq!(copy.head(), world.head());
    println!("replayed to the head {}", copy.head());

    // Discarded: it is found no longer.
    world.discard()?;
    app.save(&mut world).await?;
    assert!(!app.contains::<World>(world.id()).await?);
    assert!(matches!(
        app.get::<World>(world.id()).await,
        Err(Error::NotFound { .. })
    ));
    println!("discarded");

    // As it was.
    let mut old: World = app.get_at(world.id(), version).await?;
    assert_eq!(old.history, ["dinosaurs", "trucks"]);
    assert_eq!(old.ruler(), "gods");
    println!(
        "at version {version}: {} things had happened",
        old.history.len()
    );

    // There are no branches: what was built on an old version is a conflict.
    old.make_it_so("future")?;
    let error = app
        .save(&mut old)
        .await
        .expect_err("a stale copy is a conflict");
    assert!(matches!(error, Error::Conflict { .. }));
    println!("a stale copy: {error}");

    // The chain, event by event. Each is checked as it is read.
    let mut last_hash = None;
    for event in app.events::<World>(world.id()).await? {
        assert_eq!(event.previous_hash(), last_hash);
        last_hash = Some(event.event_hash());
    }
    assert_eq!(last_hash, Some(world.head()));
    assert_eq!(
        app.event_store().verify(world.id()).await?.head,
        Some(world.head())
    );
    println!("the chain holds");

    // What is stored hides the words.
    for item in app.items(world.id()).await? {
        assert_eq!(item.sequence_id, world.id());
        for word in ["dinosaurs", "trucks", "internet", "money"] {
            assert!(!item.data.contains(word));
        }
    }
    println!("the cipher text hides the words");
    app.close().await?;
    Ok(())
}
