//! Futures that are dropped before they are ready, as a caller's timeout does.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// Polls a future up to `polls` times and drops it.
///
/// Between two polls the server has time to answer, so that the future gets to its next `await`.
pub async fn poll_and_drop(polls: usize, future: impl Future) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let is_ready = poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready()));
        if is_ready.await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
