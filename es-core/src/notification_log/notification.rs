//! Notifications, and the traits of items in a notification log.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use es_json::write_string;
use es_store::{RecordId, Text, Topic};
use serde::Deserialize;

use crate::domain::Aggregate;
use crate::error::Result;

/// A stored event with its number in the application sequence.
#[derive(Clone, PartialEq, Eq)]
pub struct Notification {
    /// The number of the event in the application sequence; `id` in the JSON of a section.
    pub record_id: RecordId,
    /// The topic of the event.
    pub topic: Topic,
    /// The stored text: canonical JSON, as transcoded and encrypted by the mapper of its store.
    pub data: Text,
}

impl Notification {
    /// Returns whether the topic is that of an event of `A`.
    ///
    /// Aggregates with the same `base` share topics, so the event may belong to any of them.
    /// [`NotificationMapper::event`](super::mapper::NotificationMapper::event) checks the type of a
    /// `Created` event, whose data names it.
    #[must_use]
    pub fn is_of<A: Aggregate>(&self) -> bool {
        crate::domain::knows_topic::<A>(&self.topic)
    }
}

/// Omits the data, which may be large or confidential.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("record_id", &self.record_id)
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

/// An item with a number in a log.
pub trait Numbered: Send + Unpin + 'static {
    /// Returns the number of the item in the log; the first item has 1.
    fn record_id(&self) -> RecordId;
}

/// An item of the sections of a log, with its JSON.
pub trait SectionItem: Numbered + Clone + Sync {
    /// The item as parsed from the text of a section, before its record id is known.
    type Wire<'de>: Deserialize<'de>;

    /// Returns whether the record id is assigned but its item is not written yet, so that a later
    /// read may find an item.
    fn is_gap(&self) -> bool {
        false
    }

    /// Appends the canonical JSON of the item.
    fn write_json(&self, out: &mut String);

    /// Creates the item from its parsed JSON. `record_id` is the one of its place in the section.
    ///
    /// # Errors
    ///
    /// [`NotificationError::MalformedSection`](crate::error::NotificationError::MalformedSection)
    /// if the JSON is not that of an item.
    fn from_wire(record_id: RecordId, wire: Self::Wire<'_>) -> Result<Self>;
}

/// The JSON of a [`Notification`]: `{"data":"…","id":1,"topic":"…"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationWire {
    data: Copied<Text>,
    id: u64,
    topic: Copied<Arc<str>>,
}

impl Numbered for Notification {
    fn record_id(&self) -> RecordId {
        self.record_id
    }
}

impl SectionItem for Notification {
    type Wire<'de> = NotificationWire;

    fn write_json(&self, out: &mut String) {
        out.push_str(r#"{"data":"#);
        write_string(out, &self.data);
        out.push_str(r#","id":"#);
        out.push_str(&self.record_id.to_string());
        out.push_str(r#","topic":"#);
        write_string(out, self.topic.as_str());
        out.push('}');
    }

    fn from_wire(_: RecordId, wire: NotificationWire) -> Result<Self> {
        Ok(Self {
            record_id: RecordId::new(wire.id),
            topic: Topic::shared(wire.topic.0),
            data: wire.data.0,
        })
    }
}

/// A string that is copied once, from the parsed text into its final allocation.
struct Copied<T>(T);

impl<'de, T: for<'t> From<&'t str>> Deserialize<'de> for Copied<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);

        impl<T: for<'t> From<&'t str>> serde::de::Visitor<'_> for Visitor<T> {
            type Value = Copied<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Copied<T>, E> {
                Ok(Copied(T::from(text)))
            }
        }

        deserializer.deserialize_str(Visitor(PhantomData))
    }
}
