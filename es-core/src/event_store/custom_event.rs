use es_json as json;
use es_store::{Position, Topic};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// An event of a model of one's own, which knows nothing of this library: what a mapper has to know to store it.
///
/// Implement it beside the infrastructure, not in the model. Such events have no hashes and no header: a text, and a place to
/// keep it. [`EventStore::append`](super::event_store::EventStore::append) stores them,
/// [`EventStore::own_events`](super::event_store::EventStore::own_events) reads them, and [`SequenceQuery::fold`](super::sequence_query::SequenceQuery::fold)
/// makes a state of them with a function of the model.
///
/// ```
/// use es_core::event_store::OwnEvent;
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
/// impl OwnEvent for Deposited {
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
/// let events = store.own_events::<Deposited>(account);
/// let balance = events.fold(0, |balance, event| balance + event.cents).await?;
/// # Ok(())
/// # }
/// ```
pub trait OwnEvent: Serialize + DeserializeOwned + Send + 'static {
    /// The sequence that it stands in: the id of what it happened to.
    fn sequence_id(&self) -> Uuid;

    /// Its place there. No two events of a sequence have the same: that is how a conflict is found.
    fn position(&self) -> Position;

    /// The stored name of its type.
    fn topic(&self) -> Topic;

    /// The text that is stored, before transcoder and cipher: canonical JSON of all of it, unless written otherwise.
    ///
    /// # Errors
    ///
    /// Those of [`json::to_string`]; the event is not stored then.
    fn to_text(&self) -> Result<String, json::Error> {
        json::to_string(self)
    }

    /// The event of a stored text. One whose text does not say which of several types it is asks the topic.
    ///
    /// # Errors
    ///
    /// Those of [`json::from_str`].
    fn from_text(topic: &Topic, text: &str) -> Result<Self, json::Error> {
        let _ = topic;
        json::from_str(text)
    }
}
