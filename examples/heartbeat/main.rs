//! The worked example of the Python library's documentation: an entity is created, changed, beats,
//! is saved, loaded and discarded.
//!
//! `cargo run --example heartbeat`; the domain is in `example.rs` beside this file.

#![allow(
    clippy::disallowed_names,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

mod example;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use es::{Aggregate as Entity, Application, Error};
use example::{Example, ExampleAttribute, Heartbeat, create_new_example};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = Application::builder().uri("sqlite::memory:").open().await?;

    // A subscriber counts heartbeats.
    let heard = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&heard);
    app.bus().subscribe_to::<Heartbeat>(move |_, _| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });

    // The factory creates an example with one pending event.
    let mut example = create_new_example("bar", "a", "b")?;
    assert_eq!(*example.foo(), "bar".into());
    assert_eq!(example.count_heartbeats(), 0);

    // Attributes change by events: with a setter, or by a change of a named attribute.
    example.set_foo("baz".into())?;
    example.change_attribute(ExampleAttribute::A("alpha".into()))?;
    assert_eq!(*example.a(), "alpha".into());

    // Trigger heartbeats.
    example.beat_heart(1)?;
    example.beat_heart(4)?;
    assert_eq!(example.count_heartbeats(), 5);
    assert_eq!(example.version(), 7);

    // An entity is saved event by event: each is stored and then published.
    assert_eq!(heard.load(Ordering::Relaxed), 0);
    app.save(&mut example).await?;
    assert_eq!(heard.load(Ordering::Relaxed), 5);

    let mut copy: Example = app.get(example.id()).await?;
    assert_eq!(copy, example);
    let young: Example = app.get_at(example.id(), 0).await?;
    assert_eq!(*young.foo(), "bar".into());
    assert_eq!(young.count_heartbeats(), 0);
    println!(
        "{} beats, of which the last was at {}",
        copy.count_heartbeats(),
        copy.last_modified()
    );

    // No event can be triggered on a discarded entity.
    copy.discard()?;
    app.save(&mut copy).await?;
    assert!(matches!(copy.beat_heart(1), Err(Error::Discarded { .. })));
    assert!(!app.contains::<Example>(example.id()).await?);
    println!("discarded");
    app.close().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_worked_example_runs() -> Result<(), Box<dyn std::error::Error>> {
        super::main()
    }
}
