use std::sync::Arc;
use std::time::Duration;

use es_core::Retry;
use es_core::error::{Error, Result};
use es_core::notification_log::POLL_INTERVAL;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::RemoteNotificationLog;
use super::cache::Cache;
use super::fetch::Fetcher;
use super::live::Live;
use super::url::LogUrl;

/// Says how a remote log is read.
#[must_use = "a builder does nothing until `build` is called"]
pub struct RemoteBuilder {
    url: String,
    token: Option<String>,
    compression: Compression,
    connect_time: Duration,
    request_time: Duration,
    retry: Retry,
    longest_wait: Duration,
    poll_every: Duration,
    cache_bytes: usize,
    max_section_bytes: usize,
}

/// Whether sections are sent compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// As they are: fastest where the network is.
    #[default]
    None,
    /// With gzip, where the server does it.
    Gzip,
}

impl RemoteBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            token: None,
            compression: Compression::None,
            connect_time: Duration::from_secs(5),
            request_time: Duration::from_secs(30),
            retry: Retry::default()
                .attempts(6)
                .wait(Duration::from_millis(100))
                .growth(2.0),
            longest_wait: Duration::from_secs(5),
            poll_every: POLL_INTERVAL,
            cache_bytes: 16 * 1_024 * 1_024,
            max_section_bytes: 64 * 1_024 * 1_024,
        }
    }

    /// Brings this token with every request.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Compressed or not; not unless told.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// How long connecting may take; 5 seconds unless told.
    pub fn connect_time(mut self, time: Duration) -> Self {
        self.connect_time = time;
        self
    }

    /// How long a request may take from its beginning to the last byte of the answer; 30 seconds unless told.
    pub fn request_time(mut self, time: Duration) -> Self {
        self.request_time = time;
        self
    }

    /// How often what may succeed later is tried, and the waits between. Six times, from 100 ms, each wait twice as long as
    /// the one before, unless told.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The longest wait between two tries; 5 seconds unless told.
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// How often a follower looks for more where the server does not tell; four times a second unless told.
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }

    /// How much text of sections is kept, in bytes; 16 MiB unless told.
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.cache_bytes = bytes;
        self
    }

    /// The largest section that is taken, in bytes; 64 MiB unless told.
    pub fn max_section_bytes(mut self, bytes: usize) -> Self {
        self.max_section_bytes = bytes;
        self
    }

    /// The log. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] where the URL or the token cannot be used, or there are a token and a user in the URL.
    pub fn build(self) -> Result<RemoteNotificationLog> {
        let url = LogUrl::parse(&self.url)?;
        let client = reqwest::Client::builder()
            .connect_timeout(self.connect_time)
            .timeout(self.request_time)
            .gzip(self.compression == Compression::Gzip)
            .default_headers(headers(self.token.as_deref(), url.login)?)
            .build()
            .map_err(|error| invalid("client", &error))?;
        let fetcher = Fetcher {
            client,
            base: url.base,
            retry: self.retry,
            longest_wait: self.longest_wait,
            max_bytes: self.max_section_bytes,
            cache: Cache::new(self.cache_bytes),
            live: Live::default(),
        };
        Ok(RemoteNotificationLog {
            fetcher: Arc::new(fetcher),
            poll_every: self.poll_every,
            items: std::marker::PhantomData,
        })
    }
}

fn headers(token: Option<&str>, login: Option<HeaderValue>) -> Result<HeaderMap> {
    // The message of this error holds nothing of the token.
    let token = token
        .map(|token| HeaderValue::from_str(&format!("Bearer {token}")))
        .transpose()
        .map_err(|error| invalid("bearer_token", &error))?;
    if token.is_some() && login.is_some() {
        let reason = "the URL has a user, and a request brings one of the two";
        return Err(invalid("bearer_token", &reason));
    }
    let authorization = token.or(login).map(|mut value| {
        value.set_sensitive(true);
        (AUTHORIZATION, value)
    });
    Ok(authorization.into_iter().collect())
}

pub(super) fn invalid(setting: &'static str, reason: &dyn std::fmt::Display) -> Error {
    Error::InvalidSetting {
        setting,
        reason: reason.to_string(),
    }
}
