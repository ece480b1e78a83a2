//! The HTTP client of a remote log: requests, retries and the cache.

use std::sync::Arc;
use std::time::Duration;

use es_core::Retry;
use es_core::error::{Error, NotificationError, Result};
use es_core::notification_log::{Section, SectionItem, SectionRef, SectionRequest};
use es_store::{BoxError, RecordId};
use reqwest::header::{ETAG, HeaderMap, HeaderName, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};

use super::cache::{Cache, CachedSection, Freshness};
use super::live::{LiveEvents, Wake};

/// Fetches sections of a remote log.
pub(super) struct Fetcher {
    pub(super) client: Client,
    /// The scheme, the host and the path. It contains no secret, so messages may show it.
    pub(super) base: String,
    pub(super) retry: Retry,
    pub(super) max_wait: Duration,
    pub(super) max_bytes: usize,
    pub(super) cache: Cache,
    pub(super) live: LiveEvents,
}

/// The failure of one request.
enum Failure {
    /// A retry may help, but not before the given time.
    Transient(BoxError, Option<Duration>),
    /// A retry does not help.
    Permanent(NotificationError),
}

/// The answer to one request.
enum Answer {
    Text(Arc<String>, Option<String>),
    NotModified,
}

impl Fetcher {
    pub(super) async fn section<N: SectionItem>(
        &self,
        request: SectionRequest,
    ) -> Result<Section<N>> {
        let cached = self.cache.get(request);
        let tag = match &cached {
            Some(CachedSection { text, freshness }) => match freshness {
                Freshness::Immutable => return Section::from_json(text),
                Freshness::Validated(tag) => Some(&**tag),
            },
            None => None,
        };
        match (self.fetch_with_retries(request, tag).await?, &cached) {
            (Answer::NotModified, Some(cached)) => Section::from_json(&cached.text),
            (Answer::NotModified, None) => Err(NotificationError::malformed(
                "the server answered `304` to an unconditional request",
            )
            .into()),
            (Answer::Text(text, tag), _) => {
                let section = Section::from_json(&text)?;
                self.cache(request, text, tag, &section);
                Ok(section)
            }
        }
    }

    pub(super) async fn changed(&self, after: RecordId) -> Wake {
        self.live.wait(&self.client, &self.base, after).await
    }

    fn cache<N: SectionItem>(
        &self,
        request: SectionRequest,
        text: Arc<String>,
        tag: Option<String>,
        section: &Section<N>,
    ) {
        // `current` names another section later, so its request is never immutable.
        let has_fixed_id = request.section != SectionRef::Current;
        let freshness = match tag {
            _ if has_fixed_id && section.is_final() => Freshness::Immutable,
            Some(tag) => Freshness::Validated(tag),
            None => return,
        };
        self.cache.put(request, CachedSection { text, freshness });
    }

    async fn fetch_with_retries(
        &self,
        request: SectionRequest,
        tag: Option<&str>,
    ) -> Result<Answer> {
        let mut waits = self.retry.waits();
        loop {
            let (error, not_before) = match self.fetch(request, tag).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Permanent(error)) => return Err(error.into()),
                Err(Failure::Transient(error, not_before)) => (error, not_before),
            };
            let Some(wait) = waits.next() else {
                return Err(Error::Unavailable(error));
            };
            let wait = wait.max(not_before.unwrap_or_default());
            tokio::time::sleep(wait.min(self.max_wait)).await;
        }
    }

    async fn fetch(&self, request: SectionRequest, tag: Option<&str>) -> Result<Answer, Failure> {
        let mut get = self.client.get(self.url(request));
        if let Some(tag) = tag {
            get = get.header(IF_NONE_MATCH, tag);
        }
        let answer = get.send().await.map_err(|error| self.failure(error))?;
        match answer.status() {
            StatusCode::OK => {
                let tag = header_text(answer.headers(), &ETAG);
                Ok(Answer::Text(self.text(answer).await?, tag))
            }
            StatusCode::NOT_MODIFIED => Ok(Answer::NotModified),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                let seconds = header_text(answer.headers(), &RETRY_AFTER);
                let not_before = seconds.and_then(|seconds| seconds.parse().ok());
                let error = format!("{} answered {status}", self.base);
                Err(Failure::Transient(
                    error.into(),
                    not_before.map(Duration::from_secs),
                ))
            }
            status => Err(Failure::Permanent(self.refused(status))),
        }
    }

    fn url(&self, request: SectionRequest) -> String {
        let (base, section) = (&self.base, request.section);
        match request.size {
            Some(size) => format!("{base}/{section}/?size={}", size.get()),
            None => format!("{base}/{section}/"),
        }
    }

    /// Reads the body. `Response::text` has no limit, so a malicious server could exhaust the memory.
    async fn text(&self, mut answer: Response) -> Result<Arc<String>, Failure> {
        let too_long = || {
            let reason = format!("it is longer than {} bytes", self.max_bytes);
            Failure::Permanent(NotificationError::malformed(reason))
        };
        let expected = answer.content_length().unwrap_or_default();
        let expected = usize::try_from(expected).unwrap_or(usize::MAX);
        if expected > self.max_bytes {
            return Err(too_long());
        }
        let mut bytes = Vec::with_capacity(expected);
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failure(error))? {
            if bytes.len() + chunk.len() > self.max_bytes {
                return Err(too_long());
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::Permanent(NotificationError::malformed("it is not UTF-8")))?;
        Ok(Arc::new(text))
    }

    /// Classifies an error of the client.
    fn failure(&self, error: reqwest::Error) -> Failure {
        if error.is_redirect() {
            let reason = format!(
                "{} redirects in a loop, or from `https` to `http`: set the URL that the server \
                 redirects to",
                self.base
            );
            return Failure::Permanent(NotificationError::Refused { reason });
        }
        #[cfg(feature = "tls")]
        if let Some(fault) = super::tls::permanent_fault(&self.base, &error) {
            return Failure::Permanent(fault);
        }
        Failure::Transient(error.into(), None)
    }

    fn refused(&self, status: StatusCode) -> NotificationError {
        let advice = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                "; set the token with `RemoteBuilder::bearer_token`"
            }
            StatusCode::NOT_FOUND => "; check that the URL is that of a log, without a section",
            _ => "",
        };
        NotificationError::Refused {
            reason: format!("{} answered {status}{advice}", self.base),
        }
    }
}

fn header_text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
