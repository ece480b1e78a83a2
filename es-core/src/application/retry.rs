use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::error::{Error, Result};

/// How often a command is repeated after a conflict, and how long it waits between.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Retry {
    /// How often it is tried in all; at least once.
    pub attempts: u32,
    /// How long it waits before the next try.
    pub wait: Duration,
    /// By what part of itself each wait differs at random: 0.1 makes it 95 to 105 %.
    pub jitter: f64,
}

impl Default for Retry {
    /// Ten tries, 5 ms apart, a tenth of it at random.
    fn default() -> Self {
        Self {
            attempts: 10,
            wait: Duration::from_millis(5),
            jitter: 0.1,
        }
    }
}

impl Retry {
    /// With this many tries in all.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// With this wait between them.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// With this part of each wait at random, from 0 to 1.
    #[must_use]
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = jitter;
        self
    }

    /// How long to wait this time.
    #[must_use]
    pub fn next_wait(&self) -> Duration {
        // Each `RandomState` has random keys of its own; 53 bits of it make a fraction.
        #[expect(clippy::cast_precision_loss)]
        let random = (RandomState::new().hash_one(()) >> 11) as f64 / (1_u64 << 53) as f64;
        self.wait
            .mul_f64((1.0 + self.jitter.clamp(0.0, 1.0) * (random - 0.5)).max(0.0))
    }
}

/// Repeats a command while it ends in a conflict: load, decide and save again, each time from what is stored then.
///
/// ```
/// # use es_core::{Application, Retry, retry};
/// # async fn example<A: es_core::Aggregate>(app: &Application, id: uuid::Uuid) -> es_core::Result<()> {
/// retry(Retry::default(), || async {
///     let mut aggregate: A = app.get(id).await?;
///     aggregate.discard()?;
///     app.save(&mut aggregate).await
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The command's: at once where it is no conflict, after the last try where it is.
pub async fn retry<T, F: Future<Output = Result<T>>>(
    policy: Retry,
    mut command: impl FnMut() -> F,
) -> Result<T> {
    let mut tries_left = policy.attempts;
    loop {
        tries_left = tries_left.saturating_sub(1);
        match command().await {
            Err(Error::Conflict { .. }) if tries_left > 0 => {
                tokio::time::sleep(policy.next_wait()).await;
            }
            result => return result,
        }
    }
}
