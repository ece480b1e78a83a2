//! Waiting for what comes, by the server's events.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use es_store::RecordId;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode};

/// How long a server may say nothing. Ours says every 15 seconds that it is there.
const QUIET: Duration = Duration::from_secs(45);

/// A server that has no events is asked for them again after this: there may be another in its place.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// A stream that ended sooner than this may be one of a server, or of what stands before it, that has no more to say.
const BRIEF: Duration = Duration::from_secs(1);

/// In place of the limit of requests: these end when something comes.
const ENDLESS: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The events of a server, if it has some.
#[derive(Default)]
pub(super) struct Live {
    absent_until: Mutex<Option<Instant>>,
}

/// Why nothing is known any more.
pub(super) enum Waited {
    /// Something came, or the stream ended as streams do after a while.
    Told,
    /// The server cannot tell, or not now, or no longer: one that ended at once would be asked without rest.
    Untold,
}

impl Live {
    /// Waits until there is a notification with a number above `after`, or the connection ends.
    pub(super) async fn wait(&self, client: &Client, base: &str, after: RecordId) -> Waited {
        if self.is_absent() {
            return Waited::Untold;
        }
        let asking = client.get(format!("{base}/live/")).timeout(ENDLESS);
        let asking = asking.header("last-event-id", after.get()).send();
        let Ok(Ok(mut answer)) = tokio::time::timeout(QUIET, asking).await else {
            return Waited::Untold;
        };
        if !is_stream(&answer) {
            self.note_absence(answer.status());
            return Waited::Untold;
        }
        let (mut lines, begin) = (Lines::default(), Instant::now());
        while let Ok(Ok(Some(chunk))) = tokio::time::timeout(QUIET, answer.chunk()).await {
            if lines.tell(&chunk) {
                return Waited::Told;
            }
        }
        if begin.elapsed() < BRIEF {
            Waited::Untold
        } else {
            Waited::Told
        }
    }

    fn is_absent(&self) -> bool {
        let until = self.absent_until();
        until.is_some_and(|until| Instant::now() < until)
    }

    fn note_absence(&self, status: StatusCode) {
        let is_busy = matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        );
        if !is_busy {
            *self.absent_until() = Some(Instant::now() + ASK_AGAIN);
        }
    }

    fn absent_until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        let until = self.absent_until.lock();
        until.unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_stream(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE);
    let is_events = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    answer.status() == StatusCode::OK && is_events
}

/// The lines of a stream of events, as far as they show whether there is one.
#[derive(Default)]
struct Lines {
    in_comment: bool,
}

impl Lines {
    /// Whether there is more in a chunk than comments, by which a server says that it is there.
    fn tell(&mut self, chunk: &[u8]) -> bool {
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
            assert!(!lines.tell(chunk.as_bytes()), "{chunk}");
        }
        assert!(lines.tell(b"\nid: 1"));
    }
}
