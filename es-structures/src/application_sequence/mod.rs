//! The application sequence of a store without record ids of its own.
//!
//! A follower needs record ids 1, 2, 3 … in the order in which events became visible. Some stores cannot write an event and
//! its record id in one step: on Cassandra they lie in different partitions. [`PositionedRecords`] gives such a store record
//! ids. It keeps a reference to each event in a [`BigArray`](crate::BigArray); the record id of an event is the position of
//! its reference plus 1.
//!
//! # Appending
//!
//! 1. The caller's append stores the items in their sequences. Only this step can conflict, so only items that are stored
//!    get positions.
//! 2. It looks for earlier items of the same sequences that have no position, because another process crashed between steps
//!    1 and 4 or has not reached step 4 yet.
//! 3. It requests positions for these and for its own items from the writer. Each process has one writer for a table.
//! 4. The writer collects the waiting requests. It writes their references to the end of the array with one conditional
//!    write, all or none, from the first free position on.
//! 5. The writer answers each caller with its record ids, and adds the positions to the [index](PositionIndex) in the
//!    background.
//!
//! # Invariants
//!
//! 1. Writers leave no holes, because each write starts at the first free position and is all or nothing.
//! 2. A position is assigned once: the condition of the write fails if it is taken.
//! 3. An item has one position, even if a slow writer and the repair of another process both try to assign one. A writer that
//!    writes at position *n* has read every position below *n* and skips the items that it found there. Its write succeeds
//!    only if nothing was added since.
//! 4. An assigned position never becomes free: a deletion puts a tombstone in the place of the reference.
//!
//! # Memory
//!
//! A process keeps the references near the end of the array in its position cache. The *floor* is the position below which
//! the index has every reference; the cache drops those. Followers and writers therefore read the array from the floor on,
//! and look older references up in the index.
//!
//! # Failures
//!
//! | failure | stored | visible to | recovery |
//! |---|---|---|---|
//! | step 1 ends as `Unknown` | nothing, or all items | no one, or readers of the sequence | the process reads the sequence until it can, and requests positions for the items that it finds |
//! | crash between steps 1 and 4 | the items | readers of the sequence | step 2 of the next append to the sequence, or the [repair](PositionedRecords::repair) |
//! | step 4 gets no answer | nothing more, or the references | readers of the sequence, or all readers | `Unknown`; the writer retries every second and skips the references that it finds; after a crash, as above |
//! | crash before the index is updated | items and references | all readers | none needed: the array decides, and the next process reads it from the floor on |
//! | the index rejects writes | items and references | all readers | the writer keeps the entries and retries; appends are refused once the cache is full |
//! | the index lost entries | items and references | all readers | one request fails as `Unavailable`; then the writer reads the array again |
//!
//! The repair compares the last item of each sequence with the index.
//!
//! # Deletion
//!
//! A deletion removes the item, then replaces its reference by a tombstone, then removes its entry from the index. Each step
//! may fail and be retried. If the item is stored again in the meantime, it keeps a position or gets one: a deletion replaces
//! only references that are older than itself.
//!
//! Until the tombstone is written, a process that has not read up to the old reference takes it for the reference of a new
//! item at the same position of the same sequence. Retry a failed deletion first.
//!
//! # Other programs
//!
//! Other programs may assign references to positions of their own choice, such as numbers of a counter. They may leave a
//! hole; followers stop before it. The next reference fills it, or the repair fills it with a tombstone; the late writer is
//! then refused. Followers skip tombstones.

mod append;
mod array_appender;
mod bulk_read;
mod delete;
mod follow;
mod memory_index;
mod position_cache;
mod position_index;
mod positioned_records;
mod read_plan;
mod record_error;
mod repair;
mod requests;
#[cfg(test)]
mod tests;
mod writer;

pub use self::bulk_read::BulkRead;
pub use self::memory_index::MemoryPositionIndex;
pub use self::position_index::PositionIndex;
pub use self::positioned_records::{PositionedRecords, Positions};
pub use self::repair::RepairReport;
