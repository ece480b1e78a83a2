//! Maintenance of the big array of an application sequence.

use std::collections::BTreeSet;

use es_core::domain::Payload;
use es_core::error::Result;
use es_core::event_store::PAGE_SIZE;
use es_store::ItemQuery;
use uuid::Uuid;

use super::big_array::BigArray;
use super::tree::ArraySpan;

impl<T: Payload> BigArray<T> {
    /// Creates the table of the array if it is absent.
    pub(crate) async fn setup(&self) -> Result<()> {
        Ok(self.store().record_manager().setup().await?)
    }

    /// Replaces the item at a position in one step; returns whether there was one.
    pub(crate) async fn replace(&self, position: u64, item: T) -> Result<bool> {
        let tree = self.tree();
        let index = position % u64::from(tree.array_size().get());
        self.array(tree.base(position)).replace(index, item).await
    }

    /// Removes all items and links. Nothing may write to the array meanwhile.
    pub(crate) async fn clear(&self) -> Result<()> {
        let end = self.next_position().await?;
        // The root is removed last: after a crash, the next attempt finds the remaining arrays through it.
        for array in self.arrays(end).into_iter().rev() {
            self.clear_sequence(array).await?;
        }
        self.clear_link_cache();
        Ok(())
    }

    /// Returns the ids of the arrays that hold the positions below `end` or links to them: the root, then from the top down.
    fn arrays(&self, end: u64) -> Vec<Uuid> {
        let tree = self.tree();
        let mut spans = BTreeSet::new();
        let mut start = 0;
        while start < end {
            let mut span = tree.base(start);
            start += tree.left_in_base(start);
            // The root links every array that starts at 0.
            while spans.insert((std::cmp::Reverse(span.height), span.start)) && span.start != 0 {
                span = tree.parent(span).0;
            }
        }
        let ids = spans.into_iter().map(|(height, start)| {
            tree.array_id(ArraySpan {
                start,
                height: height.0,
            })
        });
        std::iter::once(tree.root_id()).chain(ids).collect()
    }

    async fn clear_sequence(&self, id: Uuid) -> Result<()> {
        let record_manager = self.store().record_manager();
        loop {
            let mut query = ItemQuery::new(id);
            query.limit = Some(PAGE_SIZE);
            let page = record_manager.items(query).await?;
            if page.is_empty() {
                return Ok(());
            }
            for item in page {
                record_manager.delete_record(id, item.position).await?;
            }
        }
    }
}
