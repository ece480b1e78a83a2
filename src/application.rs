//! The application: its builder, handlers of saved events, and pending events in the caller's transactions.

pub use es_core::application::{
    ApplicationBuilder, Handler, HandlerResult, Outcome, Staged, Stateless, Subscription,
};
