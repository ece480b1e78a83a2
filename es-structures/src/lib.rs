//! Less common structures over the event store of `es`: arrays of any size, collections, time-bucketed logs, integer
//! sequences, notification logs over arrays, and the application sequence of stores that cannot count.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod application_sequence;
mod array;
mod collection;
mod integer_sequence;
mod notification_log;
mod time_bucketed_log;

pub use self::array::{
    Array, ArraySlice, ArraySpan, ArrayTree, BigArray, ItemAssigned, Reference, SettleReport,
    Settler,
};
pub use self::collection::{
    Collection, CollectionCreated, CollectionEvent, ItemAdded, ItemRemoved,
};
pub use self::integer_sequence::{IntegerSequence, SimpleIntegerSequence};
pub use self::notification_log::{ArrayItem, ArrayNotificationLog, ItemArray};
pub use self::time_bucketed_log::{
    BucketSize, LogMessages, MessageLogged, MessageQuery, MessageStream, TimeBucket,
    TimeBucketedLog, TimeBucketedLogEvent, TimeBucketedLogStarted,
};
