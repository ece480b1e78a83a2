use super::{Notification, NotificationError};
use crate::domain::{Aggregate, DomainEvent, Salt};
use crate::error::Result;
use crate::infrastructure::{EventStore, Mapper};
use crate::text::Text;

/// Makes events of notifications again: in the service where they happened, or in one that has its key and its salt.
#[derive(Clone, Debug)]
pub struct NotificationMapper {
    mapper: Mapper,
    salt: Salt,
}

impl NotificationMapper {
    /// With the mapper that reads the texts, and the salt that the events were sealed with.
    #[must_use]
    pub fn new(mapper: Mapper, salt: Salt) -> Self {
        Self { mapper, salt }
    }

    /// What the events were sealed with.
    #[must_use]
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// What transcribes and encrypts.
    pub(crate) fn mapper(&self) -> &Mapper {
        &self.mapper
    }

    /// The canonical text of the event.
    ///
    /// # Errors
    ///
    /// [`NotificationError::Damaged`] where it cannot be decrypted or decoded.
    pub fn text(&self, notification: &Notification) -> Result<Text> {
        let text = self
            .mapper
            .to_canonical(&notification.topic, &notification.data);
        text.map_err(|damage| {
            let id = notification.id;
            NotificationError::Damaged { id, damage }.into()
        })
    }

    /// The event, its hash checked. What it follows is checked where an aggregate is loaded.
    ///
    /// ```
    /// # use es_core::{Aggregate, Result};
    /// # use es_core::notification_log::{NotificationMapper, NotificationReader};
    /// # async fn example<A: Aggregate>(mut reader: NotificationReader, mapper: NotificationMapper) -> Result<()> {
    /// while let Some(notification) = reader.next().await {
    ///     let notification = notification?;
    ///     if notification.is_of::<A>() {
    ///         println!("{:?}", mapper.event::<A>(&notification)?.originator_id());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotificationError::Damaged`] as for [`text`](Self::text); [`Error::Integrity`](crate::Error::Integrity),
    /// [`Error::UnknownTopic`](crate::Error::UnknownTopic) or [`Error::Undecodable`](crate::Error::Undecodable) as where
    /// an event is read from its store; [`Error::WrongType`](crate::Error::WrongType) for the first event of another aggregate
    /// of the same base.
    pub fn event<A: Aggregate>(&self, notification: &Notification) -> Result<DomainEvent<A>> {
        let text = self.text(notification)?;
        DomainEvent::decode_unplaced(&notification.topic, text, &self.salt)
    }
}

impl From<&EventStore> for NotificationMapper {
    fn from(store: &EventStore) -> Self {
        Self::new(store.mapper().clone(), store.salt().clone())
    }
}
