//! Notification logs: the application sequence in linked, numbered sections, for its followers.
//!
//! A [`NotificationReader`] reads a log from a stored position, to its end or live:
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
//! The formats are those of `docs/formats.md`, section 15. [`LocalNotificationLog`] and
//! [`NotificationReader`] document the differences from the Python library.

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
mod section_id;
mod section_request;
mod section_size;
mod section_text;

pub use self::following::Following;
pub use self::local_log::LocalNotificationLog;
pub use self::mapper::NotificationMapper;
pub use self::notification::{Notification, NotificationWire, Numbered, SectionItem};
pub use self::notification_log::{NotificationLog, POLL_INTERVAL};
pub use self::reader::{NotificationReader, Slice};
pub use self::section::{Section, SectionState};
pub use self::section_id::SectionId;
pub use self::section_request::{SectionRef, SectionRequest};
pub use self::section_size::SectionSize;
