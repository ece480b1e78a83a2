//! Asking, asking again, and not asking.

use std::sync::Arc;
use std::time::Duration;

use es_core::Retry;
use es_core::error::{Error, NotificationError, Result};
use es_core::notification_log::{Section, SectionItem, SectionRequest};
use es_store::{BoxError, RecordId};
use reqwest::header::{ETAG, HeaderMap, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};

use super::cache::{Cache, Freshness, Kept};
use super::live::{Live, Waited};

pub(super) struct Fetcher {
    pub(super) client: Client,
    /// Scheme, host and path: no secret.
    pub(super) base: String,
    pub(super) retry: Retry,
    pub(super) longest_wait: Duration,
    pub(super) max_bytes: usize,
    pub(super) cache: Cache,
    pub(super) live: Live,
}

/// Why a try brought no section.
enum Failure {
    /// It may succeed later, but not before this time.
    Passing(BoxError, Option<Duration>),
    /// It never will.
    Lasting(NotificationError),
}

/// What a try brought.
enum Answer {
    Text(Arc<String>, Option<String>),
    NotModified,
}

impl Fetcher {
    pub(super) async fn section<N: SectionItem>(
        &self,
        request: SectionRequest,
    ) -> Result<Section<N>> {
        let kept = self.cache.get(request);
        let tag = match &kept {
            Some(kept) if kept.freshness == Freshness::Final => {
                return Section::from_json(&kept.text);
            }
            Some(Kept {
                freshness: Freshness::Tagged(tag),
                ..
            }) => Some(&**tag),
            _ => None,
        };
        match (self.ask_repeatedly(request, tag).await?, &kept) {
            (Answer::NotModified, Some(kept)) => Section::from_json(&kept.text),
            (Answer::NotModified, None) => {
                let reason = "304 without having been asked".to_owned();
                Err(NotificationError::MalformedSection { reason }.into())
            }
            (Answer::Text(text, tag), _) => {
                let section = Section::from_json(&text)?;
                self.keep(request, text, tag, &section);
                Ok(section)
            }
        }
    }

    pub(super) async fn changed(&self, after: RecordId) -> Waited {
        self.live.wait(&self.client, &self.base, after).await
    }

    fn keep<N: SectionItem>(
        &self,
        request: SectionRequest,
        text: Arc<String>,
        tag: Option<String>,
        section: &Section<N>,
    ) {
        let is_fixed = request.section != es_core::notification_log::SectionRef::Current;
        let freshness = match tag {
            _ if is_fixed && section.is_final() => Freshness::Final,
            Some(tag) => Freshness::Tagged(tag),
            None => return,
        };
        self.cache.keep(request, Kept { text, freshness });
    }

    async fn ask_repeatedly(&self, request: SectionRequest, tag: Option<&str>) -> Result<Answer> {
        let mut waits = self.retry.waits();
        loop {
            let (error, not_before) = match self.ask(request, tag).await {
                Ok(answer) => return Ok(answer),
                Err(Failure::Lasting(error)) => return Err(error.into()),
                Err(Failure::Passing(error, not_before)) => (error, not_before),
            };
            let Some(wait) = waits.next() else {
                return Err(Error::Unavailable(error));
            };
            let wait = wait.max(not_before.unwrap_or_default());
            tokio::time::sleep(wait.min(self.longest_wait)).await;
        }
    }

    async fn ask(&self, request: SectionRequest, tag: Option<&str>) -> Result<Answer, Failure> {
        let mut asking = self.client.get(self.url(request));
        if let Some(tag) = tag {
            asking = asking.header(IF_NONE_MATCH, tag);
        }
        let answer = asking.send().await.map_err(passing)?;
        match answer.status() {
            StatusCode::OK => {
                let tag = text_of(answer.headers(), &ETAG);
                Ok(Answer::Text(self.text(answer).await?, tag))
            }
            StatusCode::NOT_MODIFIED => Ok(Answer::NotModified),
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                let seconds = text_of(answer.headers(), &RETRY_AFTER);
                let not_before = seconds.and_then(|seconds| seconds.parse().ok());
                let error = format!("the server answered {status}");
                Err(Failure::Passing(
                    error.into(),
                    not_before.map(Duration::from_secs),
                ))
            }
            status => Err(Failure::Lasting(self.refused(status))),
        }
    }

    fn url(&self, request: SectionRequest) -> String {
        let (base, section) = (&self.base, request.section);
        match request.size {
            Some(size) => format!("{base}/{section}/?size={}", size.get()),
            None => format!("{base}/{section}/"),
        }
    }

    async fn text(&self, mut answer: Response) -> Result<Arc<String>, Failure> {
        let too_long = || {
            Failure::Lasting(NotificationError::MalformedSection {
                reason: format!("it is longer than {} bytes", self.max_bytes),
            })
        };
        let expected = answer.content_length().unwrap_or_default();
        let expected = usize::try_from(expected).unwrap_or(usize::MAX);
        if expected > self.max_bytes {
            return Err(too_long());
        }
        let mut bytes = Vec::with_capacity(expected);
        while let Some(chunk) = answer.chunk().await.map_err(passing)? {
            if bytes.len() + chunk.len() > self.max_bytes {
                return Err(too_long());
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::Lasting(NotificationError::MalformedSection {
                reason: "it is not UTF-8".to_owned(),
            })
        })?;
        Ok(Arc::new(text))
    }

    fn refused(&self, status: StatusCode) -> NotificationError {
        let advice = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                "; `RemoteBuilder::bearer_token` takes the token"
            }
            StatusCode::NOT_FOUND => "; the URL is that of the log, without a section",
            _ => "",
        };
        NotificationError::Refused {
            reason: format!("{} answered {status}{advice}", self.base),
        }
    }
}

fn passing(error: reqwest::Error) -> Failure {
    Failure::Passing(error.into(), None)
}

fn text_of(headers: &HeaderMap, name: &reqwest::header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
