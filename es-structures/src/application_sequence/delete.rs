//! A deletion: the item, then its position.

use es_store::{ItemQuery, Position, RecordError};
use uuid::Uuid;

use super::positioned_records::Parts;
use super::requests::{Ask, Job, Removal, Way};
use crate::array::Reference;

impl Parts {
    /// Removes an item, and its reference.
    pub(super) async fn delete(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let way = self.asks.way()?;
        way.ask(Ask::Advance).await?;
        let until = self.known.end();
        let is_deleted = self.events.delete_record(sequence_id, position).await?;
        // Where there was none as well: a try before this one may have come no further.
        if let Position::Integer(position) = position {
            let item = Reference {
                position,
                sequence_id,
            };
            self.unplace(&way, Removal { item, until }).await?;
        }
        Ok(is_deleted)
    }

    /// Removes the reference to an item that was deleted. One that was stored again meanwhile may have been taken for it by
    /// who has not read as far: it has a position of its own afterwards.
    pub(super) async fn unplace(&self, way: &Way, removal: Removal) -> Result<(), RecordError> {
        way.ask(|reply| Ask::Remove(removal, reply)).await?;
        let Removal { item, until } = removal;
        let again = ItemQuery::at(item.sequence_id, Position::Integer(item.position));
        if self.events.items(again).await?.is_empty() {
            return Ok(());
        }
        let job = Job {
            missing: Vec::new(),
            items: vec![item],
            since: until,
        };
        way.ask(|reply| Ask::Place(job, reply)).await?;
        Ok(())
    }
}
