use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use tokio::sync::watch;

/// Tells a runner to stop: when it is said, and when the one who could say it is gone.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(super) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    pub(super) fn is_said(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits for something; none where it is to stop first. What is waited for must not mind being dropped.
    pub(super) async fn unless<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let said = async {
            // An error says that nobody can say it any more.
            let _ = self.0.wait_for(|stops| *stops).await;
        };
        first(work, said).await
    }
}

/// What `work` gives; none where `other` ends first.
pub(super) async fn first<T>(
    work: impl Future<Output = T>,
    other: impl Future<Output = ()>,
) -> Option<T> {
    let (mut work, mut other) = (pin!(work), pin!(other));
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        other.as_mut().poll(context).map(|()| None)
    })
    .await
}
