use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::error::Result;
use es_store::Text;
use tokio::sync::Mutex;

use super::array_log::ItemArray;

/// How many positions are looked at together.
const PAGE_SIZE: u64 = 1_000;

/// An array that ends before its first hole.
pub(super) struct Holding {
    array: Arc<dyn ItemArray>,
    /// No position below is a hole, or one that is held at. It only grows, for positions are assigned once.
    whole: Mutex<u64>,
}

impl Holding {
    /// At holes from this position on.
    pub(super) fn new(array: Arc<dyn ItemArray>, from: u64) -> Self {
        Self {
            array,
            whole: Mutex::new(from),
        }
    }
}

#[async_trait]
impl ItemArray for Holding {
    fn array_size(&self) -> u64 {
        self.array.array_size()
    }

    /// The position of the first hole; where there is none, the one after the highest that is taken.
    async fn next_position(&self) -> Result<u64> {
        // One looks at what is new, and those who ask meanwhile find it done.
        let mut whole = self.whole.lock().await;
        let end = self.array.next_position().await?;
        while *whole < end {
            let page = *whole..end.min(whole.saturating_add(PAGE_SIZE));
            let items = self.array.items(page.clone()).await?;
            let taken = items.iter().take_while(|item| item.is_some()).count() as u64;
            *whole += taken;
            if *whole < page.end {
                return Ok(*whole);
            }
        }
        // Where it begins beyond the end, it ends where the array does.
        Ok(end)
    }

    async fn items(&self, positions: Range<u64>) -> Result<Vec<Option<Text>>> {
        self.array.items(positions).await
    }
}
