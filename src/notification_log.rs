//! Notification logs: the application sequence in linked, numbered sections, for its followers.

pub use es_core::notification_log::{
    Following, Growth, LocalNotificationLog, Notification, NotificationLog, NotificationMapper,
    NotificationReader, NotificationWire, Numbered, POLL_INTERVAL, Section, SectionId, SectionItem,
    SectionRef, SectionRequest, SectionSize, Slice,
};
