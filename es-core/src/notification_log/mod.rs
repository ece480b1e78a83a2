//! Notification logs: the application sequence in linked, numbered sections, for whoever follows it.
//!
//! A log is read by a [`NotificationReader`], from wherever its position was left, to the end or live:
//!
//! ```
//! # async fn example(app: es_core::Application) -> es_core::Result<()> {
//! use es_core::notification_log::NotificationReader;
//!
//! let mut reader = NotificationReader::new(app.notification_log()?);
//! reader.seek(120);
//! while let Some(notification) = reader.next().await {
//!     println!("{:?}", notification?.topic);
//! }
//!
//! let mut following = reader.follow();
//! while let Some(notification) = following.next().await {
//!     println!("just now: {:?}", notification?.topic);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The forms are those of `docs/formats.md`, section 15; where we behave otherwise than Python's library stands at
//! [`LocalNotificationLog`] and [`NotificationReader`].

mod ahead;
mod array;
mod big_array;
mod following;
mod holding;
mod local;
mod log;
mod mapper;
mod notification;
mod reader;
mod section;
mod view;

pub use crate::error::NotificationError;
pub use crate::infrastructure::Reference;
pub use array::{ArrayItem, ArrayNotificationLog, ItemArray};
pub use following::Following;
pub use local::LocalNotificationLog;
pub use log::{NotificationLog, POLL_INTERVAL};
pub use mapper::NotificationMapper;
pub use notification::{Notification, NotificationWire, Numbered, SectionItem};
pub use reader::{NotificationReader, Slice};
pub use section::{Growth, Section, SectionId, SectionRef, SectionRequest, SectionSize};
