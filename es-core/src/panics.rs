//! Panics of the user's code, caught and returned as errors.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use es_store::BoxError;

/// The error of a caught panic: the code that panicked, and the message.
#[derive(Debug, thiserror::Error)]
#[error("{source_name} panicked: {message}")]
pub(crate) struct Panicked {
    source_name: &'static str,
    message: String,
}

impl Panicked {
    fn new(source_name: &'static str, panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied());
        let message = text.unwrap_or("no message").to_owned();
        Self {
            source_name,
            message,
        }
    }
}

/// Calls the user's code and returns a panic as an error. `source_name` names the code in the
/// message.
///
/// A panic may leave the user's state inconsistent. The call must not change state of this library.
pub(crate) fn catch<T>(source_name: &'static str, call: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| Panicked::new(source_name, &*panic))
}

/// Runs a future of the user's code and returns a panic as an error, as `catch` does for a call.
pub async fn catch_async(
    source_name: &'static str,
    future: impl Future<Output = Result<(), BoxError>>,
) -> Result<(), BoxError> {
    let mut future = pin!(future);
    poll_fn(|context| {
        catch(source_name, || future.as_mut().poll(context))
            .unwrap_or_else(|panic| Poll::Ready(Err(panic.into())))
    })
    .await
}
