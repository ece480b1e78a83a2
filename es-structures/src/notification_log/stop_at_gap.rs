//! An array that ends before its first gap.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::error::Result;
use es_store::Text;
use tokio::sync::Mutex;

use super::array_log::ItemArray;

/// Number of positions that are read at a time.
const PAGE_SIZE: u64 = 1_000;

/// A view of an array that ends before the first hole.
pub(super) struct StopAtGap {
    array: Arc<dyn ItemArray>,
    /// The position below which there is no hole at which the view ends. It only grows, because positions are assigned once.
    filled_below: Mutex<u64>,
}

impl StopAtGap {
    /// Creates a view that ends at holes from this position on.
    pub(super) fn new(array: Arc<dyn ItemArray>, from: u64) -> Self {
        Self {
            array,
            filled_below: Mutex::new(from),
        }
    }
}

#[async_trait]
impl ItemArray for StopAtGap {
    fn array_size(&self) -> u64 {
        self.array.array_size()
    }

    /// Returns the position of the first hole; if there is none, the position after the highest that is taken.
    async fn next_position(&self) -> Result<u64> {
        // Locked during the reads, so that concurrent calls read each new position once.
        let mut filled_below = self.filled_below.lock().await;
        let end = self.array.next_position().await?;
        while *filled_below < end {
            let page = *filled_below..end.min(filled_below.saturating_add(PAGE_SIZE));
            let items = self.array.items(page.clone()).await?;
            let taken = items.iter().take_while(|item| item.is_some()).count() as u64;
            *filled_below += taken;
            if *filled_below < page.end {
                return Ok(*filled_below);
            }
        }
        // A view that starts beyond the end of the array ends with the array.
        Ok(end)
    }

    async fn items(&self, positions: Range<u64>) -> Result<Vec<Option<Text>>> {
        self.array.items(positions).await
    }
}
