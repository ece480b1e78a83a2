//! es

pub use es_core::{
    Aggregate, AnyAggregate, AnyEvent, BoxError, Damage, Discarded, DomainEvent, Error, Event,
    EventHash, EventHeader, EventOf, IntegrityError, Mutate, Position, RecordError, RecordId,
    Result, Salt, Timestamp, Topic, Version,
};
pub use es_macros::{aggregate, event};

#[doc(hidden)]
pub use es_core::__private;
