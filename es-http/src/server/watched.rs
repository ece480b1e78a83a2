//! The connections that there are, and which of them has done nothing for the longest time.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio::sync::Notify;

pub(super) struct Connections {
    max: usize,
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    /// Counts connections and their requests: what is idle since a smaller number is idle for a longer time.
    clock: u64,
    connections: HashMap<u64, Connection>,
}

struct Connection {
    idle_since: Option<u64>,
    close: Arc<Notify>,
}

/// One connection; it counts for as long as this lives.
pub(super) struct Watched {
    id: u64,
    close: Arc<Notify>,
    all: Arc<Connections>,
}

impl Connections {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            list: Mutex::default(),
        }
    }

    fn list(&self) -> MutexGuard<'_, List> {
        // A panic elsewhere leaves at most a connection that counts as busy.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a new connection; none where there are too many, and all of them at work.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Arc<Watched>> {
        if self.list().connections.len() >= self.max && !self.make_room() {
            return None;
        }
        let mut list = self.list();
        list.clock += 1;
        let (id, close) = (list.clock, Arc::new(Notify::new()));
        let connection = Connection {
            idle_since: Some(id),
            close: Arc::clone(&close),
        };
        list.connections.insert(id, connection);
        Some(Arc::new(Watched {
            id,
            close,
            all: Arc::clone(self),
        }))
    }

    /// Closes the connection that is idle for the longest time, if there is one.
    pub(super) fn make_room(&self) -> bool {
        let mut list = self.list();
        let idle = list.connections.iter();
        let idle = idle.filter_map(|(id, connection)| Some((connection.idle_since?, *id)));
        let Some((_, id)) = idle.min() else {
            return false;
        };
        if let Some(connection) = list.connections.remove(&id) {
            connection.close.notify_one();
        }
        true
    }
}

impl Watched {
    /// Returns when the connection has to go.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    /// It is at work until what comes back is dropped.
    pub(super) fn work(self: &Arc<Self>) -> Working {
        if let Some(connection) = self.all.list().connections.get_mut(&self.id) {
            connection.idle_since = None;
        }
        Working(Arc::clone(self))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.all.list().connections.remove(&self.id);
    }
}

/// A request at work, until its answer is sent.
pub(super) struct Working(Arc<Watched>);

impl Working {
    /// Goes on until the body has been sent, or given up.
    pub(super) fn until_sent(self, body: Body) -> Body {
        Body::new(WorkingBody {
            body,
            _working: self,
        })
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut list = self.0.all.list();
        list.clock += 1;
        let now = list.clock;
        if let Some(connection) = list.connections.get_mut(&self.0.id) {
            connection.idle_since = Some(now);
        }
    }
}

struct WorkingBody {
    body: Body,
    _working: Working,
}

impl http_body::Body for WorkingBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_idle_makes_room_and_the_busy_stay() {
        let all = Arc::new(Connections::new(2));
        let first = all.admit().unwrap();
        let second = all.admit().unwrap();
        drop(first.work());
        let third = all.admit().unwrap();
        let is_in = |id| all.list().connections.contains_key(&id);
        assert!(is_in(first.id) && !is_in(second.id) && is_in(third.id));
        let (_one, _two) = (first.work(), third.work());
        assert!(all.admit().is_none(), "all are at work");
        drop(first);
        drop(third);
        assert_eq!(all.list().connections.len(), 2, "still at work");
    }
}
