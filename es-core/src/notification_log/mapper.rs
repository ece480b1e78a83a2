//! The mapper from notifications to events.

use es_store::read_model::DeadLetter;
use es_store::{Text, Topic};

use super::notification::Notification;
use crate::domain::{Aggregate, DomainEvent, Salt};
use crate::error::{NotificationError, Result};
use crate::event_store::{EventStore, Mapper};

/// Turns notifications back into events, in the service that stored them or in one with the same key
/// and salt.
#[derive(Clone, Debug)]
pub struct NotificationMapper {
    mapper: Mapper,
    salt: Salt,
}

impl NotificationMapper {
    /// Creates a mapper from the mapper of the event store and the salt of its hashes.
    #[must_use]
    pub fn new(mapper: Mapper, salt: Salt) -> Self {
        Self { mapper, salt }
    }

    /// Returns the salt of the events' hashes.
    #[must_use]
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// Decrypts the error of a dead letter.
    ///
    /// # Errors
    ///
    /// [`Error::Cipher`](crate::error::Error::Cipher) if the letter was encrypted with another key.
    pub fn decrypt_letter(&self, letter: DeadLetter) -> Result<DeadLetter> {
        Ok(DeadLetter {
            error: self.mapper.decrypt_note(&letter.topic, &letter.error)?,
            ..letter
        })
    }

    /// Encrypts the error of a dead letter if the event is encrypted: the error may quote the event.
    ///
    /// # Errors
    ///
    /// [`Error::Cipher`](crate::error::Error::Cipher) if the text cannot be encrypted.
    pub fn encrypt_letter(&self, letter: DeadLetter) -> Result<DeadLetter> {
        Ok(DeadLetter {
            error: self.mapper.encrypt_note(&letter.topic, &letter.error)?,
            ..letter
        })
    }

    /// Returns whether events that are stored under a topic are encrypted.
    #[must_use]
    pub fn encrypts(&self, topic: &Topic) -> bool {
        self.mapper.encrypts(topic)
    }

    /// Returns the canonical text of the event.
    ///
    /// # Errors
    ///
    /// [`NotificationError::Damaged`] if the text cannot be decrypted or decoded.
    pub fn text(&self, notification: &Notification) -> Result<Text> {
        let text = self
            .mapper
            .to_canonical(&notification.topic, &notification.data);
        text.map_err(|damage| {
            let record_id = notification.record_id;
            NotificationError::Damaged { record_id, damage }.into()
        })
    }

    /// Returns the event, with its hash verified. Its previous hash is verified only when an
    /// aggregate is loaded.
    ///
    /// ```
    /// # use es_core::domain::Aggregate;
    /// # use es_core::error::Result;
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
    /// * [`NotificationError::Damaged`] as for [`text`](Self::text);
    /// * [`Error::Integrity`], [`Error::UnknownTopic`] or [`Error::Undecodable`] as for an event that
    ///   is read from its store;
    /// * [`Error::WrongType`] for the `Created` event of another aggregate with the same base.
    ///
    /// [`Error::Integrity`]: crate::error::Error::Integrity
    /// [`Error::UnknownTopic`]: crate::error::Error::UnknownTopic
    /// [`Error::Undecodable`]: crate::error::Error::Undecodable
    /// [`Error::WrongType`]: crate::error::Error::WrongType
    pub fn event<A: Aggregate>(&self, notification: &Notification) -> Result<DomainEvent<A>> {
        let text = self.text(notification)?;
        DomainEvent::decode_text(&notification.topic, text, &self.salt)
    }
}

impl From<&EventStore> for NotificationMapper {
    fn from(store: &EventStore) -> Self {
        Self::new(store.mapper().clone(), store.salt().clone())
    }
}
