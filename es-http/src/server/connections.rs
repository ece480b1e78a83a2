//! The open connections of a server, and the eviction of idle ones.
//!
//! No library does this: `tower::limit` bounds requests, so clients that hold idle connections would
//! lock out all others.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio::sync::Notify;

/// The open connections of a server.
pub(super) struct Connections {
    max: usize,
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    /// A counter of connections and finished requests: a smaller `idle_since` is an earlier time.
    clock: u64,
    connections: HashMap<u64, Connection>,
}

struct Connection {
    /// `None` while a request is active.
    idle_since: Option<u64>,
    close: Arc<Notify>,
}

/// The entry of one connection; dropping it removes the entry.
pub(super) struct ConnectionSlot {
    id: u64,
    close: Arc<Notify>,
    connections: Arc<Connections>,
}

impl Connections {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            list: Mutex::default(),
        }
    }

    fn list(&self) -> MutexGuard<'_, List> {
        // A panic elsewhere leaves at most one connection marked as active.
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection, in place of an idle one if the list is full. Returns `None` if all
    /// connections are active.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Arc<ConnectionSlot>> {
        if self.list().connections.len() >= self.max && !self.close_idle() {
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
        Some(Arc::new(ConnectionSlot {
            id,
            close,
            connections: Arc::clone(self),
        }))
    }

    /// Closes the connection that has been idle for the longest time. Returns whether there was one.
    pub(super) fn close_idle(&self) -> bool {
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

impl ConnectionSlot {
    /// Waits until the connection must close.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    /// Marks the connection as active until the returned guard is dropped.
    pub(super) fn begin_request(self: &Arc<Self>) -> ActiveRequest {
        if let Some(connection) = self.connections.list().connections.get_mut(&self.id) {
            connection.idle_since = None;
        }
        ActiveRequest(Arc::clone(self))
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.connections.list().connections.remove(&self.id);
    }
}

/// A guard of an active request: its connection is not idle.
pub(super) struct ActiveRequest(Arc<ConnectionSlot>);

impl ActiveRequest {
    /// Returns a body that keeps the request active until the body is sent or dropped.
    pub(super) fn until_sent(self, body: Body) -> Body {
        Body::new(TrackedBody {
            body,
            _request: self,
        })
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let mut list = self.0.connections.list();
        list.clock += 1;
        let now = list.clock;
        if let Some(connection) = list.connections.get_mut(&self.0.id) {
            connection.idle_since = Some(now);
        }
    }
}

/// A body with a guard. `http_body_util::BodyExt::map_frame` could hold the guard as well, but it
/// loses the size hint and with it `Content-Length`.
struct TrackedBody {
    body: Body,
    _request: ActiveRequest,
}

impl http_body::Body for TrackedBody {
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
    fn the_longest_idle_makes_room_and_the_active_stay() {
        let all = Arc::new(Connections::new(2));
        let first = all.admit().unwrap();
        let second = all.admit().unwrap();
        drop(first.begin_request());
        let third = all.admit().unwrap();
        let is_in = |id| all.list().connections.contains_key(&id);
        assert!(is_in(first.id) && !is_in(second.id) && is_in(third.id));
        let (_one, _two) = (first.begin_request(), third.begin_request());
        assert!(all.admit().is_none(), "all are active");
        drop(first);
        drop(third);
        assert_eq!(all.list().connections.len(), 2, "still active");
    }
}
