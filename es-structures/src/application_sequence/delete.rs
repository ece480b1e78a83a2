//! A deletion: removes the item, then its reference.

use es_store::{ItemQuery, Position, RecordError};
use uuid::Uuid;

use super::positioned_records::Inner;
use super::requests::{Assignment, Removal, Request, RequestSender};
use crate::array::Reference;

impl Inner {
    /// Deletes an item and its reference; returns whether the item was there.
    pub(super) async fn delete(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let writer = self.writer.sender()?;
        writer.call(Request::CatchUp).await?;
        let upper_bound = self.cache.end();
        let is_deleted = self.events.delete_record(sequence_id, position).await?;
        // Also if there was no item: an earlier attempt may have stopped after it deleted the item.
        if let Position::Integer(position) = position {
            let item = Reference {
                position,
                sequence_id,
            };
            let removal = Removal { item, upper_bound };
            self.remove_reference(&writer, removal).await?;
        }
        Ok(is_deleted)
    }

    /// Removes the reference to a deleted item.
    ///
    /// If the item was stored again meanwhile, a process that had not read far enough may have taken the old reference for
    /// the item's own. The item then gets a new position here.
    pub(super) async fn remove_reference(
        &self,
        writer: &RequestSender,
        removal: Removal,
    ) -> Result<(), RecordError> {
        writer.call(|reply| Request::Remove(removal, reply)).await?;
        let Removal { item, upper_bound } = removal;
        let stored_again = ItemQuery::at(item.sequence_id, Position::Integer(item.position));
        if self.events.items(stored_again).await?.is_empty() {
            return Ok(());
        }
        let assignment = Assignment {
            earlier: Vec::new(),
            items: vec![item],
            lower_bound: upper_bound,
        };
        writer
            .call(|reply| Request::Assign(assignment, reply))
            .await?;
        Ok(())
    }
}
