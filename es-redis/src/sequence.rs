//! An integer sequence on a counter in Redis.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::error::{Error, Result};
use es_store::StoreUri;
use es_structures::IntegerSequence;
use redis::cmd;
use uuid::Uuid;

use crate::RedisOptions;
use crate::connection::Connection;
use crate::error::negative_counter;

/// A script that raises a counter in one step. It compares numbers as digits, because Lua numbers
/// are exact to 53 bits only.
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

/// An integer sequence on a counter in Redis: the answer of `INCR`, minus 1.
///
/// See the [crate](crate) for holes, and for a Redis that loses its state.
///
/// All clones share one multiplexed connection. It is opened at the first call, and again after it
/// is lost.
#[derive(Clone)]
pub struct RedisIntegerSequence {
    connection: Arc<Connection>,
    key: Arc<str>,
}

impl RedisIntegerSequence {
    /// Creates a sequence on a key of the server in a URI, without connecting to it yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidUri`] if the URI is invalid, see [`RedisOptions`]; those of
    /// [`new`](Self::new).
    pub fn open(uri: &str, key: impl Into<Arc<str>>) -> Result<Self> {
        Self::new(RedisOptions::try_from(&StoreUri::parse(uri)?)?, key)
    }

    /// Creates a sequence on a key, without connecting to the server yet.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if TLS is requested without the feature `tls`, or if the certificates
    /// cannot be read.
    pub fn new(options: RedisOptions, key: impl Into<Arc<str>>) -> Result<Self> {
        Ok(Self {
            connection: Arc::new(Connection::new(options)?),
            key: key.into(),
        })
    }

    /// Returns the key for an id, such as that of a big array, in the format of the Python library:
    /// `integer-sequence-generator-` and the id.
    #[must_use]
    pub fn key_for(id: Uuid) -> String {
        format!("integer-sequence-generator-{id}")
    }

    /// Returns the key of the counter.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the next number. No number is returned twice, unless Redis loses its state.
    ///
    /// # Errors
    ///
    /// - [`Error::Unavailable`] if Redis cannot be reached or does not answer in time. The call may
    ///   be retried; a number that was used up is a hole.
    /// - [`Error::Store`] for permanent errors: the password, the rights, or a key that is not a
    ///   counter.
    pub async fn next(&self) -> Result<u64> {
        let count: i64 = self
            .connection
            .request(&self.key, cmd("INCR").arg(&*self.key))
            .await?;
        let number = u64::try_from(count).ok().and_then(|n| n.checked_sub(1));
        number.ok_or_else(|| negative_counter(&self.connection.server, &self.key))
    }

    /// Raises the counter in one atomic step, so that the next number is at least this one. A
    /// counter that is higher stays as it is. This repairs a Redis that lost its state.
    ///
    /// # Errors
    ///
    /// Those of [`next`](Self::next), and [`Error::InvalidSetting`] if the number is above 2^63 -
    /// 2, the highest that Redis can return.
    pub async fn at_least(&self, number: u64) -> Result<()> {
        if i64::try_from(number).is_err() || number == i64::MAX.unsigned_abs() {
            return Err(Error::InvalidSetting {
                setting: "number",
                reason: format!("{number} is too high; Redis counts to 2^63 - 1"),
            });
        }
        if number == 0 {
            return Ok(());
        }
        let mut raise = cmd("EVAL");
        raise.arg(RAISE).arg(1).arg(&*self.key).arg(number);
        let is_raised: bool = self.connection.request(&self.key, &raise).await?;
        if is_raised {
            tracing::info!(key = &*self.key, number, "raised a counter of Redis");
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
            .field("server", &self.connection.server)
            .field("key", &self.key)
            .finish()
    }
}
