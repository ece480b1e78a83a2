use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use es_json::write_string;
use es_store::{RecordId, Text, Topic};
use serde::Deserialize;

use crate::domain::aggregate::Aggregate;
use crate::error::Result;

/// That something happened, by value: the stored event itself, with its place in the application sequence.
#[derive(Clone, PartialEq, Eq)]
pub struct Notification {
    /// The place in the application sequence.
    pub id: RecordId,
    /// The topic of the event.
    pub topic: Topic,
    /// The stored text: canonical JSON, or what a transcoder or cipher made of it.
    pub data: Text,
}

impl Notification {
    /// Whether it may be an event of `A`, going by its topic alone. Where aggregates share a `base`, the events that follow it
    /// may be of any of them: [`NotificationMapper::event`](super::mapper::NotificationMapper::event) tells of a `Created` event.
    #[must_use]
    pub fn is_of<A: Aggregate>(&self) -> bool {
        crate::domain::replay::knows::<A>(&self.topic)
    }
}

/// Leaves the data out: it may be large, and is the user's.
impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("id", &self.id)
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

/// What has a place in a log.
pub trait Numbered: Send + Unpin + 'static {
    /// Its number in the log, from 1.
    fn number(&self) -> u64;
}

/// What the sections of a log hold, and how it stands in their JSON.
pub trait SectionItem: Numbered + Clone + Sync {
    /// The item as it is read from a section's text, before its number is known.
    type Wire<'de>: Deserialize<'de>;

    /// Whether nothing is here yet.
    fn is_hole(&self) -> bool {
        false
    }

    /// Appends its canonical JSON.
    fn write_json(&self, out: &mut String);

    /// From what was read at the place of this number.
    ///
    /// # Errors
    ///
    /// Where it is no such item.
    fn from_wire(number: u64, wire: Self::Wire<'_>) -> Result<Self>;
}

/// `{"data":"…","id":1,"topic":"…"}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationWire {
    data: Copied<Text>,
    id: u64,
    topic: Copied<Arc<str>>,
}

impl Numbered for Notification {
    fn number(&self) -> u64 {
        self.id.get()
    }
}

impl SectionItem for Notification {
    type Wire<'de> = NotificationWire;

    fn write_json(&self, out: &mut String) {
        out.push_str(r#"{"data":"#);
        write_string(out, &self.data);
        out.push_str(r#","id":"#);
        out.push_str(&self.id.to_string());
        out.push_str(r#","topic":"#);
        write_string(out, self.topic.as_str());
        out.push('}');
    }

    fn from_wire(_: u64, wire: NotificationWire) -> Result<Self> {
        Ok(Self {
            id: RecordId::new(wire.id),
            topic: Topic::shared(wire.topic.0),
            data: wire.data.0,
        })
    }
}

/// A string that is copied once, out of the text that it is read from.
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
