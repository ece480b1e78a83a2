//! What who writes a store needs, and nobody else.
//!
//! A store implements [`RecordManager`], and for a URI a [`Datastore`] with a [`Driver`]; one with transactions implements
//! [`group_commit::BatchStore`], and has the rest done. A store of read models implements [`ReadModel`].

#[doc(inline)]
pub use crate::infrastructure::{
    Alarm, Appended, Capabilities, Connect, Datastore, Driver, Index, ItemQuery, ItemReader,
    OpenTable, OpenTables, Order, PositionKind, Record, RecordIds, RecordManager, SequencedItem,
    ServerAddress, StoreUri, Table, TimePlace, Tls, TlsFault, TlsParameters, Uniqueness, UriHost,
    UriParameters, WakeUp, application_sequence, group_commit, variable,
};
#[doc(inline)]
pub use crate::projection::{
    Advanced, DeadLetter, LetterQuery, ProjectionRow, ReadModel, Step, Undoes,
};
#[doc(no_inline)]
pub use crate::{Position, RecordError, RecordId, Text, Topic};
