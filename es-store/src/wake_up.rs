//! Signals that wake followers after commits.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// Wakes a follower of the application sequence: after a commit if the store notifies its
/// followers, otherwise at intervals.
///
/// ```
/// # use std::time::Duration;
/// # use es_store::{RecordId, RecordManager};
/// # async fn follow(records: &dyn RecordManager) -> Result<(), es_store::RecordError> {
/// let mut wake_up = records.wake_up();
/// let mut last = RecordId::new(0);
/// loop {
///     for record in records.records(last, 1_000).await? {
///         last = record.id;
///     }
///     wake_up.wait(Duration::from_secs(1)).await;
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct WakeUp(Option<watch::Receiver<()>>);

impl WakeUp {
    /// Creates a signal that never comes: the follower polls.
    #[must_use]
    pub const fn by_polling() -> Self {
        Self(None)
    }

    /// Waits until there may be new records, but no longer than `at_most`.
    ///
    /// A signal since the last wait ends the wait at once, so that a follower misses nothing
    /// between reading and waiting.
    pub async fn wait(&mut self, at_most: Duration) {
        let Some(signal) = &mut self.0 else {
            return sleep(at_most).await;
        };
        if let Ok(Err(_)) = timeout(at_most, signal.changed()).await {
            // The notifier was dropped: the follower polls from now on.
            self.0 = None;
            sleep(at_most).await;
        }
    }
}

/// The store's side of [`WakeUp`]. The store notifies it after commits.
#[derive(Debug, Default)]
pub struct Notifier(watch::Sender<()>);

impl Notifier {
    /// Wakes all followers: there may be new records.
    pub fn notify(&self) {
        self.0.send_replace(());
    }

    /// Creates the follower's side. Its first wait ends at the next notification.
    #[must_use]
    pub fn subscribe(&self) -> WakeUp {
        WakeUp(Some(self.0.subscribe()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(3_600);

    #[tokio::test]
    async fn a_notification_between_a_read_and_the_wait_is_not_lost() {
        let notifier = Notifier::default();
        let mut wake_up = notifier.subscribe();
        notifier.notify();
        notifier.notify();
        wake_up.wait(LONG).await;
        let began = Instant::now();
        wake_up.wait(SHORT).await;
        assert!(began.elapsed() >= SHORT, "two notifications are one signal");
    }

    #[tokio::test]
    async fn without_a_notification_the_wait_ends_at_its_timeout() {
        for mut wake_up in [WakeUp::by_polling(), Notifier::default().subscribe()] {
            let began = Instant::now();
            wake_up.wait(SHORT).await;
            wake_up.wait(SHORT).await;
            assert!(began.elapsed() >= 2 * SHORT);
        }
    }
}
