//! Events with their types erased.

use std::any::Any;
use std::fmt;

use es_store::Topic;

use super::event_header::EventHeader;
use super::payload::AnyPayload;

/// An event of any aggregate, or one that stands alone, as subscribers see it.
#[derive(Clone, Copy)]
pub struct AnyEvent<'a> {
    header: &'a EventHeader,
    /// None where it happened to no entity.
    aggregate: Option<&'a Topic>,
    payload: &'a AnyPayload,
    event: &'a (dyn Any + Send + Sync),
}

impl<'a> AnyEvent<'a> {
    pub(crate) fn new(
        header: &'a EventHeader,
        aggregate: Option<&'a Topic>,
        payload: &'a AnyPayload,
        event: &'a (dyn Any + Send + Sync),
    ) -> Self {
        Self {
            header,
            aggregate,
            payload,
            event,
        }
    }

    /// What the library adds to the payload.
    #[must_use]
    pub fn header(&self) -> &'a EventHeader {
        self.header
    }

    /// The topic of the aggregate's type; none of an event that stands alone.
    #[must_use]
    pub fn aggregate_topic(&self) -> Option<&'a Topic> {
        self.aggregate
    }

    /// The payload, if it is of the type `E`.
    #[must_use]
    pub fn payload<E: 'static>(&self) -> Option<&'a E> {
        self.payload.downcast_ref()
    }

    pub(crate) fn downcast<E: 'static>(&self) -> Option<&'a E> {
        self.event.downcast_ref()
    }
}

impl fmt::Debug for AnyEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.header, f)
    }
}
