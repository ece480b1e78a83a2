//! Notification logs: the application sequence in linked, numbered sections, for whoever follows it.
//!
//! A log is read by a [`NotificationReader`], from wherever its position was left, to the end or live:
//!
//! ```
//! # async fn example(app: es_core::application::Application) -> es_core::error::Result<()> {
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

mod following;
mod local_log;
mod mapper;
mod notification;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod notification_log;
mod prefetch;
mod reader;
mod section;
mod section_text;

pub use following::Following;
pub use local_log::LocalNotificationLog;
pub use mapper::NotificationMapper;
pub use notification::{Notification, NotificationWire, Numbered, SectionItem};
pub use notification_log::{NotificationLog, POLL_INTERVAL};
pub use reader::{NotificationReader, Slice};
pub use section::{Growth, Section, SectionId, SectionRef, SectionRequest, SectionSize};
