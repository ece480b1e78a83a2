//! References to events.

use es_core::domain::{Aggregate, DomainEvent, Versioned};
use es_core::error::Result;
use es_core::event_store::EventStore;
use es_store::SequencedItem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A reference to an event: its sequence and its position there.
///
/// ```
/// # use es_structures::Reference;
/// let reference = Reference { sequence_id: uuid::Uuid::nil(), position: 3 };
/// let text = r#"{"position":3,"sequence_id":{"UUID":"00000000000000000000000000000000"}}"#;
/// assert_eq!(es_json::to_string(&reference)?, text);
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The position of the event in its sequence.
    pub position: i64,
    /// The id of the sequence.
    #[serde(with = "es_json::uuid")]
    pub sequence_id: Uuid,
}

impl Reference {
    /// Returns the stored item, if it exists.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn item(self, store: &EventStore) -> Result<Option<SequencedItem>> {
        let items = store.items(self.sequence_id);
        items.gte(self.position).lte(self.position).first().await
    }

    /// Returns the event, if it exists.
    ///
    /// # Errors
    ///
    /// Those of [`EventStore::event`].
    pub async fn event<A: Aggregate>(self, store: &EventStore) -> Result<Option<DomainEvent<A>>> {
        store.event(self.sequence_id, self.position).await
    }
}

impl<A: Versioned> From<&DomainEvent<A>> for Reference {
    fn from(event: &DomainEvent<A>) -> Self {
        Self {
            position: i64::try_from(event.originator_version().get()).unwrap_or(i64::MAX),
            sequence_id: event.originator_id(),
        }
    }
}
