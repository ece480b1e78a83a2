//! Creates a world, changes it, saves it, replays it, verifies it, loads a past version, and
//! discards it.
//!
//! `cargo run --example quickstart`; the whole domain is in `world.rs` beside this file.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

mod world;

use es::{Aggregate, Application, Error};
use world::World;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // All events are encrypted with this key. Keep it: they cannot be read without it.
    let key = es::cipher::encode_random_bytes(32)?;
    let app = Application::builder()
        .uri("sqlite::memory:")
        .cipher_key(key)
        .open()
        .await?;

    // Commands. The events are pending; nothing is stored yet.
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

    // Stores all pending events in one transaction, or none.
    let saved = app.save(&mut world).await?;
    println!(
        "saved: {} events, up to record {:?}",
        saved.len(),
        saved.last()
    );

    // Replays the stored events and verifies every hash.
    let copy: World = app.get(world.id()).await?;
    assert_eq!(copy.ruler(), "money");
    assert_eq!(copy.history, ["dinosaurs", "trucks", "internet"]);
    assert_eq!(copy.head(), world.head());
    println!("replayed to the head {}", copy.head());

    // A discarded aggregate is no longer found.
    world.discard()?;
    app.save(&mut world).await?;
    assert!(!app.contains::<World>(world.id()).await?);
    assert!(matches!(
        app.get::<World>(world.id()).await,
        Err(Error::NotFound { .. })
    ));
    println!("discarded");

    // A past version can still be loaded.
    let mut old: World = app.get_at(world.id(), version).await?;
    assert_eq!(old.history, ["dinosaurs", "trucks"]);
    assert_eq!(old.ruler(), "gods");
    println!(
        "at version {version}: {} things had happened",
        old.history.len()
    );

    // There are no branches: saving a change of an old version is a conflict.
    old.make_it_so("future")?;
    let error = app
        .save(&mut old)
        .await
        .expect_err("a stale copy is a conflict");
    assert!(matches!(error, Error::Conflict { .. }));
    println!("a stale copy: {error}");

    // The chain, event by event. Each event is verified as it is read.
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

    // The stored text is encrypted.
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_quick_start_runs() -> Result<(), Box<dyn std::error::Error>> {
        super::main()
    }

    /// The names and shapes that it stores, in a file that is reviewed.
    #[test]
    fn events_of_the_quick_start_can_be_read() {
        es_testing::topics_lock("examples/quickstart/topics.lock");
    }
}
