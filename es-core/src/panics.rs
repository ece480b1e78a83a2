//! Panics of what users wrote, as errors.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use es_store::BoxError;

/// Says who panicked, and with what message.
#[derive(Debug, thiserror::Error)]
#[error("{who} panicked: {message}")]
pub(crate) struct Panicked {
    who: &'static str,
    message: String,
}

impl Panicked {
    fn new(who: &'static str, panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied());
        let message = text.unwrap_or("no message").to_owned();
        Self { who, message }
    }
}

/// What a call gives, if it does not panic. Its state is its own: ours must not be touched by it.
pub(crate) fn caught<T>(who: &'static str, call: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| Panicked::new(who, &*panic))
}

/// The same of work that is polled, with a panic as an error of it.
pub async fn caught_work(
    who: &'static str,
    work: impl Future<Output = Result<(), BoxError>>,
) -> Result<(), BoxError> {
    let mut work = pin!(work);
    poll_fn(|context| {
        caught(who, || work.as_mut().poll(context))
            .unwrap_or_else(|panicked| Poll::Ready(Err(panicked.into())))
    })
    .await
}
