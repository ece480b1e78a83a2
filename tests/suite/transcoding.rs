//! Tests of the stored text: transcoded, and encrypted by selection.

use std::fmt::Write;

use es::error::Damage;
use es::event_store::Transcoder;
use es::{Aggregate, BoxError};

use crate::store::{Store, damage, saved};
use crate::world::World;

/// A transcoder that stores hexadecimal digits, as a text column would hold a binary format.
struct Hexadecimal;

impl Transcoder for Hexadecimal {
    fn encode(&self, canonical: &str) -> Result<String, BoxError> {
        let mut text = String::with_capacity(2 * canonical.len());
        for byte in canonical.bytes() {
            write!(text, "{byte:02x}")?;
        }
        Ok(text)
    }

    fn decode(&self, stored: &str) -> Result<String, BoxError> {
        let byte = |at| u8::from_str_radix(stored.get(at..at + 2).unwrap_or("?"), 16);
        Ok(String::from_utf8(
            (0..stored.len())
                .step_by(2)
                .map(byte)
                .collect::<Result<Vec<_>, _>>()?,
        )?)
    }
}

#[tokio::test]
async fn a_transcoder_changes_the_stored_text_but_not_the_hashes() {
    let store = Store::new();
    let app = store
        .builder()
        .transcoder(Hexadecimal)
        .open()
        .await
        .unwrap();
    let world = saved(&app).await;
    let items = app.items(world.id()).await.unwrap();
    assert!(
        items.iter().all(|item| item.data.starts_with("7b22")),
        "{:?}",
        items[0].data
    );
    assert_eq!(
        app.get::<World>(world.id()).await.unwrap().head(),
        world.head()
    );
    store.edit("UPDATE stored_events SET state = 'zz' WHERE id = 1", []);
    assert!(matches!(
        damage(app.get(world.id()).await).0,
        Damage::Transcoder(_)
    ));
}

#[tokio::test]
async fn selected_events_are_encrypted_and_the_others_are_plain_text() {
    let store = Store::new();
    let builder = store
        .builder()
        .cipher_key(es::cipher::encode_random_bytes(24).unwrap());
    let app = builder
        .encrypt_only(|topic| topic == "World.SomethingHappened")
        .open()
        .await
        .unwrap();
    let world = saved(&app).await;
    let items = app.items(world.id()).await.unwrap();
    let is_clear: Vec<_> = items
        .iter()
        .map(|item| item.data.starts_with('{'))
        .collect();
    assert_eq!(is_clear, [true, false, false]);
    assert_eq!(
        app.get::<World>(world.id()).await.unwrap().head(),
        world.head()
    );
}
