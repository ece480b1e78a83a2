//! Repeating a command after a conflict.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::error::{Error, Result};

/// The maximum ratio of a wait to the first wait.
const MAX_GROWTH: u32 = 32;

/// The policy of retries: the number of attempts and the waits between them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Retry {
    /// The number of attempts; 0 is treated as 1.
    pub attempts: u32,
    /// The wait before the second attempt.
    pub wait: Duration,
    /// The random part of each wait, from 0 to 1: 0.1 makes a wait 95 to 105 % of its length.
    pub jitter: f64,
    /// The ratio of each wait to the one before. A wait is at most 32 times the first. 1 keeps the
    /// waits equal.
    pub growth: f64,
}

impl Default for Retry {
    /// 10 attempts with waits of 5 ms, of which a tenth is random.
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
    /// Sets the number of attempts.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the wait before the second attempt.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets the random part of each wait, from 0 to 1.
    #[must_use]
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = jitter;
        self
    }

    /// Sets the ratio of each wait to the one before.
    #[must_use]
    pub fn growth(mut self, growth: f64) -> Self {
        self.growth = growth;
        self
    }

    fn grown_wait(&self) -> Duration {
        let seconds = self.wait.as_secs_f64() * self.growth.max(1.0);
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// Returns the waits before the second attempt, the third and so on: one fewer than attempts.
    pub fn waits(self) -> impl Iterator<Item = Duration> + Send {
        let longest = self.wait.saturating_mul(MAX_GROWTH);
        let policies = std::iter::successors(Some(self), move |policy| {
            let wait = policy.grown_wait().min(longest);
            Some(policy.wait(wait))
        });
        let waits = usize::try_from(self.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        policies.map(|policy| policy.next_wait()).take(waits)
    }

    /// Returns the first wait, with its random part.
    #[must_use]
    pub fn next_wait(&self) -> Duration {
        // Each `RandomState` has its own random keys, so no random number generator is needed. 53 bits
        // fill the mantissa of an `f64`.
        #[expect(clippy::cast_precision_loss)]
        let random = (RandomState::new().hash_one(()) >> 11) as f64 / (1_u64 << 53) as f64;
        let factor = (1.0 + self.jitter.clamp(0.0, 1.0) * (random - 0.5)).max(0.0);
        Duration::try_from_secs_f64(self.wait.as_secs_f64() * factor).unwrap_or(self.wait)
    }
}

/// Runs a command, and repeats it after a conflict. The command loads the aggregate, decides and
/// saves, so each attempt starts from the current state.
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
/// Those of the command: a conflict after the last attempt, any other error at once.
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
        // The waits start at 5 ms and double up to 160 ms.
        let waited = 5 * (1 + 2 + 4 + 8 + 16 + 32 + 32 + 32);
        assert_eq!(start.elapsed(), Duration::from_millis(waited));
    }
}
