//! A big array in memory with the interface that logs use.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use es::store::Text;
use es::structures::ItemArray;

pub(crate) struct FakeArray {
    pub(crate) array_size: u64,
    pub(crate) items: Mutex<Vec<Option<Text>>>,
}

impl FakeArray {
    pub(crate) fn new(array_size: u64, items: Vec<Option<Text>>) -> Arc<Self> {
        Arc::new(Self {
            array_size,
            items: Mutex::new(items),
        })
    }
}

#[async_trait::async_trait]
impl ItemArray for FakeArray {
    fn array_size(&self) -> u64 {
        self.array_size
    }

    async fn next_position(&self) -> es::Result<u64> {
        Ok(self.items.lock().unwrap().len() as u64)
    }

    async fn items(&self, positions: Range<u64>) -> es::Result<Vec<Option<Text>>> {
        let index = |position| usize::try_from(position).unwrap();
        let items = self.items.lock().unwrap();
        Ok(items[index(positions.start)..index(positions.end)].to_vec())
    }
}
