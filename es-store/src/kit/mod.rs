//! A kit for the authors of stores: group commit, the map of open tables, TLS, and conversion of
//! rows.

mod environment;
mod group_commit;
mod item_reader;
mod open_tables;
pub(crate) mod tls;

pub use self::environment::variable;
pub use self::group_commit::{
    Batch, BatchOutcomes, BatchStore, GroupCommit, MAX_BATCH, QUEUE_CAPACITY, StatementSize,
    StoredItem, WriteError, repeat,
};
pub use self::item_reader::ItemReader;
pub use self::open_tables::{OpenTable, OpenTables};
#[cfg(feature = "tls")]
pub use self::tls::TrustedRoots;
pub use self::tls::{TlsFault, TlsMode, TlsParameters};
