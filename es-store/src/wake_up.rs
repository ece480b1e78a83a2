use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// When a follower of the application sequence looks for new records: at once where the store tells, else from time to
/// time.
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
    /// Knows nothing of new records.
    #[must_use]
    pub const fn by_polling() -> Self {
        Self(None)
    }

    /// Returns when there may be new records, or after `at_most`. It tells what came since it returned before, so that
    /// nothing is missed between looking and waiting.
    pub async fn wait(&mut self, at_most: Duration) {
        let Some(signal) = &mut self.0 else {
            return sleep(at_most).await;
        };
        if let Ok(Err(_)) = timeout(at_most, signal.changed()).await {
            // Nobody tells any more: what is left is to look from time to time.
            self.0 = None;
            sleep(at_most).await;
        }
    }
}

/// Wakes the followers of a store; the store rings it after commits.
#[derive(Debug, Default)]
pub struct Alarm(watch::Sender<()>);

impl Alarm {
    /// There may be new records.
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// A follower's side. The first wait returns when it is rung from now on.
    #[must_use]
    pub fn wake_up(&self) -> WakeUp {
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
    async fn what_came_between_looking_and_waiting_is_told_once() {
        let alarm = Alarm::default();
        let mut wake_up = alarm.wake_up();
        alarm.ring();
        alarm.ring();
        wake_up.wait(LONG).await;
        let began = Instant::now();
        wake_up.wait(SHORT).await;
        assert!(began.elapsed() >= SHORT, "two rings before it are one");
    }

    #[tokio::test]
    async fn without_an_alarm_it_waits_its_time() {
        for mut wake_up in [WakeUp::by_polling(), Alarm::default().wake_up()] {
            let began = Instant::now();
            wake_up.wait(SHORT).await;
            wake_up.wait(SHORT).await;
            assert!(began.elapsed() >= 2 * SHORT);
        }
    }
}
