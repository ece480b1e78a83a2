//! Notification logs over HTTP: one service serves its log, and another follows it.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> es_core::error::Result<()> {
//! use es_core::notification_log::NotificationReader;
//! use es_http::{LogRouter, RemoteNotificationLog, Server};
//!
//! # let app = es_core::application::Application::builder().uri("memory:").open().await?;
//! let log = LogRouter::new(app.notification_log()?).bearer_token("s3cret").into_router();
//! let server = Server::new(log).start().await?;
//!
//! let remote = RemoteNotificationLog::builder(server.url()).bearer_token("s3cret").build()?;
//! let mut reader = NotificationReader::new(remote);
//! assert!(reader.read().await?.is_empty());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! The URLs and the JSON are those of Python's `eventsourcing` 5.0.0: `<base>/current/`,
//! `<base>/1,20/` (`docs/formats.md`, section 15). In addition, `?size=1000` requests larger sections,
//! and `<base>/live/` streams notifications as server-sent events.
//!
//! The feature `tls` (`http-tls` of `es-rs`) adds remote logs at `https` URLs.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod live;
mod remote;
mod router;
mod section;
mod server;

pub use self::remote::{Compression, RemoteBuilder, RemoteNotificationLog};
pub use self::router::LogRouter;
pub use self::server::{Limits, RunningServer, Server};
