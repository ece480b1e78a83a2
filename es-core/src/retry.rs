use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::error::{Error, Result};

/// No wait grows to more than so many times the first one.
const MOST_GROWTH: u32 = 32;

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
    /// How many times as long as the one before each wait is, up to 32 times the first; 1 keeps it.
    pub growth: f64,
}

impl Default for Retry {
    /// Ten tries, 5 ms apart, a tenth of it at random, none longer than another.
    fn default() -> Self {
        Self {
            attempts: 10,
            wait: Duration::from_millis(5),
            jitter: 0.1,
            growth: 1.0,
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

    /// With each wait this many times as long as the one before.
    #[must_use]
    pub fn growth(mut self, growth: f64) -> Self {
        self.growth = growth;
        self
    }

    fn grown_wait(&self) -> Duration {
        let seconds = self.wait.as_secs_f64() * self.growth.max(1.0);
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// The waits before the second try, the third and so on: one less than there are tries.
    pub fn waits(self) -> impl Iterator<Item = Duration> + Send {
        let longest = self.wait.saturating_mul(MOST_GROWTH);
        let policies = std::iter::successors(Some(self), move |policy| {
            let wait = policy.grown_wait().min(longest);
            Some(policy.wait(wait))
        });
        let waits = usize::try_from(self.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        policies.map(|policy| policy.next_wait()).take(waits)
    }

    /// How long to wait this time.
    #[must_use]
    pub fn next_wait(&self) -> Duration {
        // Each `RandomState` has random keys of its own; 53 bits of it make a fraction.
        #[expect(clippy::cast_precision_loss)]
        let random = (RandomState::new().hash_one(()) >> 11) as f64 / (1_u64 << 53) as f64;
        let factor = (1.0 + self.jitter.clamp(0.0, 1.0) * (random - 0.5)).max(0.0);
        Duration::try_from_secs_f64(self.wait.as_secs_f64() * factor).unwrap_or(self.wait)
    }
}

/// Repeats a command while it ends in a conflict: load, decide and save again, each time from what is stored then.
///
/// ```
/// # use es_core::application::Application;
/// # use es_core::{Retry, retry};
/// # async fn example<A: es_core::domain::Aggregate>(app: &Application, id: uuid::Uuid) -> es_core::error::Result<()> {
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
    let mut waits = policy.waits();
    loop {
        let result = command().await;
        match waits.next() {
            Some(wait) if matches!(result, Err(Error::Conflict { .. })) => {
                tokio::time::sleep(wait).await;
            }
            _ => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_grow_up_to_a_bound() {
        let policy = Retry::default().attempts(9).jitter(0.0).growth(2.0);
        let start = tokio::time::Instant::now();
        let conflict = || async {
            Err::<(), _>(Error::Conflict {
                sequence_id: uuid::Uuid::nil(),
                position: 0.into(),
            })
        };
        assert!(retry(policy, conflict).await.is_err());
        // 5 ms, then twice as long each time, the last two 160 ms.
        let waited = 5 * (1 + 2 + 4 + 8 + 16 + 32 + 32 + 32);
        assert_eq!(start.elapsed(), Duration::from_millis(waited));
    }
}
