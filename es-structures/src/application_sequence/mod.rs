//! The application sequence of a store that cannot write an event and its record id at once, as Cassandra cannot: the events
//! lie in partitions of their own, and their ids are the positions of references to them in a big array.
//!
//! ```text
//! append ─▶ the items, in their sequence ─▶ writer: references at the end of the big array ─▶ each caller's answer
//! ```
//!
//! **The item comes first.** It is what may conflict, and only what is stored is given a position. One writer a process
//! collects the references of what was stored, and puts them at the end of the array by one conditional write: all at
//! once or none, beginning at the first free position. So there is no hole, and no position is given twice.
//!
//! **Nothing is given two positions**, although several may try: the writer of a process that was slow, and others that
//! found an item without one. Whoever writes at position *n* has read all positions below *n*, and leaves out what is
//! there already; that its write succeeds shows that nothing came in between. What a process has read is in `known.rs`.
//!
//! **What a crash leaves** is an item without a position: it is there for its aggregate, and not yet for followers. It is
//! given one by the next append to its sequence, before that append's own; and by the [repair](PositionedRecords::repair),
//! which compares what is stored with the [index](PositionIndex) of what has a position. A process that goes on looks itself
//! after an append of which nobody knows what it stored.
//!
//! **What is deleted** loses its item first, then its reference, then its note. A tombstone takes the place of the reference in
//! one step, so a position that was taken once is never free, and its id not given to another item, wherever a deletion ends. Each
//! step may fail, and be tried again. What is stored again in the meantime keeps a position: only a reference that stood before
//! the deletion is replaced. Until it is, a process that has not read so far takes it for that of an item of the same name that
//! it stores: so a deletion that failed is to be tried again first.
//!
//! **Other programs** may put references into the array at positions of their own choice, as those do that take them from a
//! counter. Where such a program has left a hole, followers stop before it, until a later reference or the repair has
//! filled it, with a tombstone; its late writer is refused then. Tombstones are passed over.

mod append;
mod bulk_read;
mod delete;
#[cfg(test)]
mod fake;
mod follow;
mod memory_index;
mod position_cache;
mod position_index;
mod positioned_records;
mod read_plan;
mod record_error;
mod repair;
mod requests;
mod side_by_side;
mod tail;
#[cfg(test)]
mod tests;
mod writer;

pub use self::bulk_read::BulkRead;
pub use self::memory_index::MemoryPositionIndex;
pub use self::position_index::PositionIndex;
pub use self::positioned_records::{PositionedRecords, Positions};
pub use self::repair::RepairReport;
