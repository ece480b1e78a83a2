//! Slices of arrays, compared with those of a vector.

use std::ops::Bound;

use es_structures::{Array, BigArray};
use proptest::prelude::*;
use uuid::Uuid;

use crate::store::{memory, size};

#[derive(Debug, Clone)]
enum Write {
    Append(u16),
    Assign(u64, u16),
}

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let write = prop_oneof![
        3 => any::<u16>().prop_map(Write::Append),
        1 => (0_u64..80, any::<u16>()).prop_map(|(position, item)| Write::Assign(position, item)),
    ];
    prop::collection::vec(write, 0..40)
}

fn bound() -> impl Strategy<Value = Bound<u64>> {
    prop_oneof![
        Just(Bound::Unbounded),
        (0_u64..90).prop_map(Bound::Included),
        (0_u64..90).prop_map(Bound::Excluded),
    ]
}

/// A model of an array: a vector up to the highest assigned position.
#[derive(Default)]
struct Model(Vec<Option<u16>>);

impl Model {
    fn assign(&mut self, position: u64, item: u16) -> bool {
        let position = usize::try_from(position).unwrap();
        if self.0.len() <= position {
            self.0.resize(position + 1, None);
        }
        let is_free = self.0[position].is_none();
        self.0[position].get_or_insert(item);
        is_free
    }

    /// Returns a slice. A range with an end includes free positions.
    fn slice(
        &self,
        range: (Bound<u64>, Bound<u64>),
        open_end: usize,
        capacity: usize,
    ) -> Vec<Option<u16>> {
        let number = |bound: u64| usize::try_from(bound).unwrap();
        let start = match range.0 {
            Bound::Unbounded => 0,
            Bound::Included(start) => number(start),
            Bound::Excluded(before) => number(before) + 1,
        };
        let stop = match range.1 {
            Bound::Unbounded => open_end,
            Bound::Included(last) => number(last) + 1,
            Bound::Excluded(stop) => number(stop),
        };
        let item = |position: usize| self.0.get(position).copied().flatten();
        (start..stop.min(capacity)).map(item).collect()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    runtime_of(runtime).block_on(future)
}

fn runtime_of(mut builder: tokio::runtime::Builder) -> tokio::runtime::Runtime {
    builder.enable_time().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slices_of_big_arrays_are_those_of_a_vector(
        array_size in 1_u32..8,
        writes in writes(),
        ranges in prop::collection::vec((bound(), bound()), 1..8),
    ) {
        run(async {
            let array = BigArray::<u16>::new(memory(), Uuid::new_v4(), size(array_size));
            let capacity = usize::try_from(array.capacity()).unwrap();
            let mut model = Model::default();
            for write in writes {
                match write {
                    Write::Append(item) if model.0.len() < capacity => {
                        let position = array.append(item).await.unwrap();
                        prop_assert_eq!(position, model.0.len() as u64);
                        model.assign(position, item);
                    }
                    Write::Append(item) => prop_assert!(array.append(item).await.is_err()),
                    Write::Assign(position, item) => {
                        let assigned = array.assign(position, item).await;
                        let is_in = position < array.capacity();
                        prop_assert_eq!(assigned.is_ok(), is_in && model.assign(position, item));
                    }
                }
                prop_assert_eq!(array.next_position().await.unwrap(), model.0.len() as u64);
            }
            for range in ranges {
                let expected = model.slice(range, model.0.len(), capacity);
                prop_assert_eq!(array.items(range).await.unwrap(), expected);
            }
            for position in 0..90 {
                let expected = model.0.get(usize::try_from(position).unwrap()).copied().flatten();
                prop_assert_eq!(array.get(position).await.unwrap(), expected);
            }
            Ok(())
        })?;
    }

    #[test]
    fn slices_of_arrays_are_those_of_a_vector(
        array_size in 1_u32..60,
        assigned in prop::collection::vec((0_u64..60, any::<u16>()), 0..40),
        ranges in prop::collection::vec((bound(), bound()), 1..8),
    ) {
        run(async {
            let array = Array::<u16>::new(memory(), Uuid::new_v4(), size(array_size));
            let capacity = array_size as usize;
            let mut model = Model::default();
            for (position, item) in assigned {
                let is_in = position < array.size();
                let result = array.assign(position, item).await;
                prop_assert_eq!(result.is_ok(), is_in && model.assign(position, item));
            }
            prop_assert_eq!(array.next_position().await.unwrap(), model.0.len() as u64);
            for range in ranges {
                let expected = model.slice(range, capacity, capacity);
                prop_assert_eq!(array.items(range).await.unwrap(), expected);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_slice_without_an_end_includes_items_appended_later() {
    let array = BigArray::<u64>::new(memory(), Uuid::new_v4(), size(4));
    for item in 0..3 {
        array.append(item).await.unwrap();
    }
    let mut slice = array.slice(1..);
    assert_eq!(slice.next().await.unwrap().unwrap(), Some(1));
    assert_eq!(slice.next().await.unwrap().unwrap(), Some(2));
    assert!(slice.next().await.is_none());
    assert_eq!(
        array.items(2..6).await.unwrap(),
        [Some(2), None, None, None]
    );
}
