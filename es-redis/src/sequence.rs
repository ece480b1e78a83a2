use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::error::{Error, Result};
use es_store::StoreUri;
use es_structures::IntegerSequence;
use redis::cmd;
use uuid::Uuid;

use crate::RedisOptions;
use crate::error::not_a_counter;
use crate::link::Link;

/// Raises a counter, in one step. The numbers are compared by their digits, for those of the script's language have 53 bits.
const RAISE: &str = r"
local now = redis.call('GET', KEYS[1]) or '0'
if now ~= '0' and string.find(now, '^%-?[1-9]%d*$') == nil then
    return redis.error_reply('ERR value is not an integer or out of range')
end
local is_below = string.sub(now, 1, 1) == '-' or #now < #ARGV[1] or (#now == #ARGV[1] and now < ARGV[1])
if is_below then
    redis.call('SET', KEYS[1], ARGV[1])
end
return is_below and 1 or 0";

/// The numbers of a counter in Redis: what `INCR` answers, less 1. See the [crate](crate) for what makes holes, and what is
/// lost when Redis loses its memory.
///
/// Cloning is cheap. All clones share one connection, which is made when it is needed, and again after it was lost; those
/// who ask at the same time do so in one go.
#[derive(Clone)]
pub struct RedisIntegerSequence {
    link: Arc<Link>,
    key: Arc<str>,
}

impl RedisIntegerSequence {
    /// The counter of this key on the server that a URI names. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidUri`] where the URI names no server, see [`RedisOptions`]; those of [`new`](Self::new).
    pub fn open(uri: &str, key: impl Into<Arc<str>>) -> Result<Self> {
        Self::new(RedisOptions::try_from(&StoreUri::parse(uri)?)?, key)
    }

    /// The counter of this key. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] where there is to be TLS, and the feature is not on, or the certificates cannot be read.
    pub fn new(options: RedisOptions, key: impl Into<Arc<str>>) -> Result<Self> {
        Ok(Self {
            link: Arc::new(Link::new(options)?),
            key: key.into(),
        })
    }

    /// The key for a sequence, such as the root of a big array, in the form in which the Python library makes its own:
    /// `integer-sequence-generator-` and the id.
    #[must_use]
    pub fn key_of(id: Uuid) -> String {
        format!("integer-sequence-generator-{id}")
    }

    /// The key of the counter.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The next number: one that nobody was given before, as long as Redis keeps its memory.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where Redis cannot be reached or does not answer in time: asking again is safe, and the number
    /// that may have been used is a hole. [`Error::Store`] where it refuses, for good: the password, the key, the rights.
    pub async fn next(&self) -> Result<u64> {
        let count: i64 = self
            .link
            .ask(&self.key, cmd("INCR").arg(&*self.key))
            .await?;
        let number = u64::try_from(count).ok().and_then(|n| n.checked_sub(1));
        number.ok_or_else(|| not_a_counter(&self.link.server, &self.key))
    }

    /// Raises the counter, in one step for all who use it, so that the next number is this one or above; leaves it where it
    /// is already. It mends a Redis that lost its memory.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next), and [`Error::InvalidSetting`] where the number is above 2^63 - 2, beyond which Redis
    /// does not count.
    pub async fn at_least(&self, number: u64) -> Result<()> {
        if i64::try_from(number).is_err() || number == i64::MAX.unsigned_abs() {
            return Err(Error::InvalidSetting {
                setting: "number",
                reason: format!("Redis counts to 2^63 - 1, and not to {number}"),
            });
        }
        if number == 0 {
            return Ok(());
        }
        let mut raise = cmd("EVAL");
        raise.arg(RAISE).arg(1).arg(&*self.key).arg(number);
        let is_raised: bool = self.link.ask(&self.key, &raise).await?;
        if is_raised {
            tracing::info!(key = &*self.key, number, "a counter of Redis was raised");
        }
        Ok(())
    }
}

#[async_trait]
impl IntegerSequence for RedisIntegerSequence {
    async fn next(&self) -> Result<u64> {
        self.next().await
    }

    async fn at_least(&self, number: u64) -> Result<()> {
        self.at_least(number).await
    }
}

impl fmt::Debug for RedisIntegerSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisIntegerSequence")
            .field("server", &self.link.server)
            .field("key", &self.key)
            .finish()
    }
}
