//! The application: its builder, handlers of saved events, and pending events in transactions of the caller's own.

pub use es_core::application::{
    ApplicationBuilder, Handler, HandlerResult, Outcome, Staged, Stateless, Subscription,
};
