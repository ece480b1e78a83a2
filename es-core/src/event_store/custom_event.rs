//! Events of a domain model that does not use this library.

use es_json as json;
use es_store::{Position, Topic};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// An event of a domain model that does not use this library.
///
/// Implement the trait beside the infrastructure, so that the model stays independent. Custom events
/// have neither hashes nor a header, only a text and a position. [`EventStore::append`] stores them,
/// [`EventStore::custom_events`] reads them, and [`SequenceQuery::fold`] folds them into a state with
/// a function of the model.
///
/// [`EventStore::append`]: super::event_store::EventStore::append
/// [`EventStore::custom_events`]: super::event_store::EventStore::custom_events
/// [`SequenceQuery::fold`]: super::sequence_query::SequenceQuery::fold
///
/// ```
/// use es_core::event_store::CustomEvent;
/// use es_store::{Position, Topic};
/// use uuid::Uuid;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Deposited {
///     account: Uuid,
///     number: i64,
///     cents: u64,
/// }
///
/// impl CustomEvent for Deposited {
///     fn sequence_id(&self) -> Uuid {
///         self.account
///     }
///
///     fn position(&self) -> Position {
///         self.number.into()
///     }
///
///     fn topic(&self) -> Topic {
///         Topic::new("bank#Deposited")
///     }
/// }
/// # use es_core::event_store::EventStore;
/// # async fn example(store: EventStore, account: Uuid) -> es_core::error::Result<()> {
///
/// store.append(&[Deposited { account, number: 0, cents: 100 }]).await?;
/// let events = store.custom_events::<Deposited>(account);
/// let balance = events.fold(0, |balance, event| balance + event.cents).await?;
/// # Ok(())
/// # }
/// ```
pub trait CustomEvent: Serialize + DeserializeOwned + Send + 'static {
    /// Returns the id of the sequence, usually the id of the entity that the event is about.
    fn sequence_id(&self) -> Uuid;

    /// Returns the position in the sequence. No two events of a sequence may have the same position:
    /// this is how the store detects conflicts.
    fn position(&self) -> Position;

    /// Returns the stored name of the event's type.
    fn topic(&self) -> Topic;

    /// Serialises the event to the text that the mapper transcodes and encrypts. Default: canonical
    /// JSON of the whole value.
    ///
    /// # Errors
    ///
    /// Those of [`json::to_string`], and [`json::Error::SpecialKey`] if a key marks a value of a
    /// special type; the event is then not stored.
    fn to_text(&self) -> Result<String, json::Error> {
        json::to_event_string(self)
    }

    /// Deserialises the event from its text. An event whose own text it refuses is not stored. The
    /// topic tells the variants of an enum apart if the
    /// text does not.
    ///
    /// # Errors
    ///
    /// Those of [`json::from_str`].
    fn from_text(topic: &Topic, text: &str) -> Result<Self, json::Error> {
        let _ = topic;
        json::from_str(text)
    }
}
