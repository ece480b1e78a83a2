//! Parts that the authors of stores get for free: group commit, the map of open tables, TLS, items read from rows.

mod environment;
mod group_commit;
mod item_reader;
mod open_tables;
mod tls;

pub use self::environment::variable;
pub use self::group_commit::{
    Batch, BatchStore, Found, GroupCommit, MAX_BATCH, Outcomes, QUEUE_CAPACITY, StatementSize,
    WriteError, repeat,
};
pub use self::item_reader::ItemReader;
pub use self::open_tables::{OpenTable, OpenTables};
pub use self::tls::{Tls, TlsFault, TlsParameters};
