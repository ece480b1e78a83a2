//! Comparison of a big array's mapper and salt with others.

use std::sync::Arc;

use es_core::domain::Salt;
use es_core::event_store::cipher::Cipher;
use es_core::event_store::{EventStore, Mapper, Transcoder};
use es_store::{BoxError, MemoryRecordManager, Table};
use es_structures::BigArray;
use uuid::Uuid;

use crate::store::size;

fn array(mapper: Mapper, salt: &str) -> BigArray<u32> {
    let records = Arc::new(MemoryRecordManager::new(Table::integer_sequenced()));
    let store = EventStore::new(records, mapper, Salt::new(salt));
    BigArray::new(store, Uuid::new_v4(), size(10))
}

fn with_key(key: u8) -> Mapper {
    Mapper::new().with_cipher(Cipher::new(&[key; 16]).unwrap())
}

struct Reversed;

impl Transcoder for Reversed {
    fn encode(&self, canonical: &str) -> Result<String, BoxError> {
        Ok(canonical.chars().rev().collect())
    }

    fn decode(&self, stored: &str) -> Result<String, BoxError> {
        self.encode(stored)
    }
}

#[test]
fn arrays_share_a_mapper_if_each_reads_the_items_of_the_other() {
    let none = Salt::none();
    assert!(array(Mapper::new(), "").is_written_with(&Mapper::new(), &none));
    assert!(array(with_key(1), "").is_written_with(&with_key(1), &none));
    let reversed = || Mapper::new().with_transcoder(Reversed);
    assert!(array(reversed(), "").is_written_with(&reversed(), &none));
    for (kept, other) in [
        (with_key(1), with_key(2)),
        (with_key(1), Mapper::new()),
        (with_key(1), with_key(1).encrypt_only(|_| false)),
        // The other mapper reads the array, but writes items that the array's own mapper rejects.
        (Mapper::new(), with_key(1).accept_plain_text()),
        (reversed(), Mapper::new()),
    ] {
        let described = format!("{kept:?} and {other:?}");
        assert!(
            !array(kept.clone(), "").is_written_with(&other, &none),
            "{described}"
        );
        assert!(
            !array(other, "").is_written_with(&kept, &none),
            "{described}"
        );
    }
    let chosen = with_key(1).encrypt_only(|topic| topic.as_str().contains("ItemAssigned"));
    assert!(array(with_key(1), "").is_written_with(&chosen, &none));
}

#[test]
fn an_array_is_written_with_its_own_salt() {
    let salted = array(Mapper::new(), "a salt");
    assert!(salted.is_written_with(&Mapper::new(), &Salt::new("a salt")));
    assert!(!salted.is_written_with(&Mapper::new(), &Salt::new("another")));
}
