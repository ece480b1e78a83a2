//! The application: a domain model with its infrastructure.

#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod application;
mod builder;
mod bus;
mod handler;
mod in_transaction;
mod persistence_policy;
mod queue;
mod staged;

pub use self::application::Application;
pub use self::builder::ApplicationBuilder;
pub use self::bus::{Bus, Subscription};
pub use self::handler::{EventPayload, Handler, HandlerResult, Outcome, Stateless};
#[doc(hidden)]
pub use self::handler::{assert_argument, assert_event_payload, event_argument};
pub use self::staged::Staged;
