//! The store in memory, for tests, prototypes and caches. It fulfils the contract except
//! durability.

mod datastore;
mod record_manager;
mod rows;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use self::datastore::MemoryDatastore;
pub use self::record_manager::MemoryRecordManager;

/// Locks a mutex. A panic in another thread cannot leave rows half-written: an append is checked
/// first and then extends them once.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use crate::driver::Driver;
    use crate::position::Position;
    use crate::record_id::RecordId;
    use crate::sequenced_item::SequencedItem;
    use crate::table::Table;

    #[tokio::test]
    async fn each_opening_of_the_uri_is_a_new_database() {
        let table = Table::stored_events;
        let one = Driver::open("memory:").await.expect("opened");
        let two = Driver::open("memory:").await.expect("opened");
        let item = SequencedItem {
            sequence_id: Uuid::nil(),
            position: Position::Integer(0),
            topic: crate::topic::Topic::new("T"),
            data: "{}".into(),
        };
        for database in [&one, &two] {
            let store = database.record_manager(table()).await.expect("opened");
            assert!(store.append(vec![item.clone()].into()).await.is_ok());
        }
        let again = one.record_manager(table()).await.expect("opened");
        assert_eq!(again.max_record_id().await.expect("read"), RecordId::new(1));
    }
}
