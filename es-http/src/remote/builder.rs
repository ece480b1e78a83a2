//! The builder of remote logs.

use std::sync::Arc;
use std::time::Duration;

use es_core::Retry;
use es_core::error::{Error, Result};
use es_core::notification_log::POLL_INTERVAL;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::RemoteNotificationLog;
use super::cache::Cache;
use super::fetch::Fetcher;
use super::live::LiveEvents;
#[cfg(feature = "tls")]
use super::tls::TlsSettings;
use super::url::LogUrl;

/// Collects the settings of a [`RemoteNotificationLog`] and creates it.
#[must_use = "a builder does nothing until `build` is called"]
pub struct RemoteBuilder {
    url: String,
    token: Option<String>,
    compression: Compression,
    connect_timeout: Duration,
    request_timeout: Duration,
    retry: Retry,
    max_wait: Duration,
    poll_every: Duration,
    cache_bytes: usize,
    max_section_bytes: usize,
    #[cfg(feature = "tls")]
    tls: TlsSettings,
}

/// The compression of sections on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// No compression, which is fastest on a fast network.
    #[default]
    None,
    /// Compression with gzip, if the server supports it.
    Gzip,
}

impl RemoteBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            token: None,
            compression: Compression::None,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            retry: Retry::default()
                .attempts(6)
                .wait(Duration::from_millis(100))
                .growth(2.0),
            max_wait: Duration::from_secs(5),
            poll_every: POLL_INTERVAL,
            cache_bytes: 16 * 1_024 * 1_024,
            max_section_bytes: 64 * 1_024 * 1_024,
            #[cfg(feature = "tls")]
            tls: TlsSettings::default(),
        }
    }

    /// Sends this token with every request, as `Authorization: Bearer …`.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the compression. Default: none.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Sets the timeout of connecting. Default: 5 seconds.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// Sets the timeout of a request, up to the last byte of the answer. Default: 30 seconds.
    pub fn request_timeout(mut self, time: Duration) -> Self {
        self.request_timeout = time;
        self
    }

    /// Sets the retries of requests that may succeed later. Default: 6 attempts, with waits that start
    /// at 100 ms and double.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the maximum wait between two attempts. Default: 5 seconds.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Sets the interval at which followers poll if the server sends no live events. Default: 250 ms.
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }

    /// Sets the size of the cache of sections in bytes. Default: 16 MiB.
    pub fn cache_bytes(mut self, bytes: usize) -> Self {
        self.cache_bytes = bytes;
        self
    }

    /// Sets the maximum size of a section in bytes; a larger answer is an error. Default: 64 MiB.
    pub fn max_section_bytes(mut self, bytes: usize) -> Self {
        self.max_section_bytes = bytes;
        self
    }

    /// Sets the certificates of the authorities that may sign the server's certificate, as PEM text.
    /// They replace the default: the system's trusted certificates.
    #[cfg(feature = "tls")]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.root_certificates = Some(pem.into());
        self
    }

    /// Sets the certificate chain and the private key of the client, as one PEM text, for servers
    /// that require them. Default: none.
    #[cfg(feature = "tls")]
    pub fn client_identity(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.client_identity = Some(pem.into());
        self
    }

    /// Creates the log. No request is made yet.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] if:
    ///
    /// - the URL, the token or a certificate is malformed,
    /// - there is both a token and a user in the URL,
    /// - the URL starts with `https://`, but the feature `tls` is off,
    /// - certificates are set, but the URL starts with `http://`.
    pub fn build(self) -> Result<RemoteNotificationLog> {
        let url = LogUrl::parse(&self.url)?;
        let client = reqwest::Client::builder();
        #[cfg(feature = "tls")]
        let client = {
            if !url.is_encrypted {
                self.tls.check_unused()?;
            }
            client.tls_backend_preconfigured(self.tls.client_config()?)
        };
        let client = client
            // A redirect must not lead from an encrypted connection to one in plain text.
            .https_only(url.is_encrypted)
            .connect_timeout(self.connect_timeout)
            .timeout(self.request_timeout)
            .gzip(self.compression == Compression::Gzip)
            .default_headers(headers(self.token.as_deref(), url.login)?)
            .build()
            .map_err(|error| invalid("client", &error))?;
        let fetcher = Fetcher {
            client,
            base: url.base,
            retry: self.retry,
            max_wait: self.max_wait,
            max_bytes: self.max_section_bytes,
            cache: Cache::new(self.cache_bytes),
            live: LiveEvents::default(),
        };
        Ok(RemoteNotificationLog {
            fetcher: Arc::new(fetcher),
            poll_every: self.poll_every,
            items: std::marker::PhantomData,
        })
    }
}

fn headers(token: Option<&str>, login: Option<HeaderValue>) -> Result<HeaderMap> {
    // The message of this error does not contain the token.
    let token = token
        .map(|token| HeaderValue::from_str(&format!("Bearer {token}")))
        .transpose()
        .map_err(|error| invalid("bearer_token", &error))?;
    if token.is_some() && login.is_some() {
        let reason = "the URL has a user, and a request can send only one of the two: remove one";
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
