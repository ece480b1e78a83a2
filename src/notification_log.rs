//! Notification logs: the application sequence in linked, numbered sections, for its followers.

pub use es_core::notification_log::{
    Following, LocalNotificationLog, Notification, NotificationLog, NotificationMapper,
    NotificationReader, NotificationWire, Numbered, POLL_INTERVAL, Section, SectionId, SectionItem,
    SectionRef, SectionRequest, SectionSize, SectionState, Slice,
};
