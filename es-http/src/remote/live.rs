//! The client of a server's live events, which wakes followers.
//!
//! The content of the events is not used: a follower that is woken reads sections, which are cached
//! and verified. So a parser of server-sent events is not needed, only the difference between
//! comments and everything else.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use es_store::RecordId;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode};

/// The timeout of a silent connection. Our server sends a comment every 15 seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);

/// The time after which a server without live events is tried again: it may have been replaced.
const RECHECK_INTERVAL: Duration = Duration::from_secs(60);

/// The minimum duration of a stream that ended normally. A server or proxy that ends streams at once
/// would otherwise be requested in a loop.
const MIN_STREAM_TIME: Duration = Duration::from_secs(1);

/// Replaces the client's timeout for stream requests, which stay open until an event arrives.
const STREAM_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The live events of a server.
#[derive(Default)]
pub(super) struct LiveEvents {
    unsupported_until: Mutex<Option<Instant>>,
}

/// The result of waiting for an event.
pub(super) enum Wake {
    /// An event arrived, or the stream ended after a while: read the log now.
    Now,
    /// The server sends no events: read the log after the poll interval.
    AfterPollInterval,
}

impl LiveEvents {
    /// Waits until there is a notification after `after`, or the connection ends.
    pub(super) async fn wait(&self, client: &Client, base: &str, after: RecordId) -> Wake {
        if self.is_unsupported() {
            return Wake::AfterPollInterval;
        }
        let get = client.get(format!("{base}/live/")).timeout(STREAM_TIMEOUT);
        let get = get.header("last-event-id", after.get()).send();
        let Ok(Ok(mut answer)) = tokio::time::timeout(IDLE_TIMEOUT, get).await else {
            return Wake::AfterPollInterval;
        };
        if !is_event_stream(&answer) {
            self.mark_unsupported(answer.status());
            return Wake::AfterPollInterval;
        }
        let (mut lines, begin) = (Lines::default(), Instant::now());
        while let Ok(Ok(Some(chunk))) = tokio::time::timeout(IDLE_TIMEOUT, answer.chunk()).await {
            if lines.contain_event(&chunk) {
                return Wake::Now;
            }
        }
        if begin.elapsed() < MIN_STREAM_TIME {
            Wake::AfterPollInterval
        } else {
            Wake::Now
        }
    }

    fn is_unsupported(&self) -> bool {
        let until = self.unsupported_until();
        until.is_some_and(|until| Instant::now() < until)
    }

    fn mark_unsupported(&self, status: StatusCode) {
        let is_busy = matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        );
        if !is_busy {
            *self.unsupported_until() = Some(Instant::now() + RECHECK_INTERVAL);
        }
    }

    fn unsupported_until(&self) -> MutexGuard<'_, Option<Instant>> {
        let until = self.unsupported_until.lock();
        until.unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_event_stream(answer: &Response) -> bool {
    let content_type = answer.headers().get(CONTENT_TYPE);
    let is_events =
        content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    answer.status() == StatusCode::OK && is_events
}

/// The state of a scan of a stream for lines that are not comments.
#[derive(Default)]
struct Lines {
    in_comment: bool,
}

impl Lines {
    /// Returns whether a chunk contains more than comments, which a server sends as keep-alive.
    fn contain_event(&mut self, chunk: &[u8]) -> bool {
        for byte in chunk {
            match byte {
                b'\n' | b'\r' => self.in_comment = false,
                _ if self.in_comment => {}
                b':' => self.in_comment = true,
                _ => return true,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_events() {
        let mut lines = Lines::default();
        for chunk in [": id: 1", "id: 2\n", "\n", ":\n\n:", "x"] {
            assert!(!lines.contain_event(chunk.as_bytes()), "{chunk}");
        }
        assert!(lines.contain_event(b"\nid: 1"));
    }
}
