//! The handler of live notifications, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use es_core::notification_log::{NotificationReader, SectionItem};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::router::Shared;
use crate::section::unavailable;
use crate::server::Stopping;

/// The interval of keep-alive comments. They keep clients and proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub(crate) struct AfterQuery {
    after: Option<u64>,
}

pub(crate) async fn live<N: SectionItem>(
    State(shared): State<Arc<Shared<N>>>,
    Query(query): Query<AfterQuery>,
    headers: HeaderMap,
    stopping: Option<Extension<Stopping>>,
) -> Response {
    let Ok(last) = last_event_id(&headers) else {
        let text = "invalid `Last-Event-ID`: send the id of the last notification that was read\n";
        return (StatusCode::BAD_REQUEST, text).into_response();
    };
    let Ok(permit) = Arc::clone(&shared.live_permits).try_acquire_owned() else {
        return unavailable();
    };
    let mut reader = NotificationReader::new(Arc::clone(&shared.log))
        .section_size(Some(shared.max_section_size));
    reader.seek(last.or(query.after).unwrap_or(0));
    let events = events(reader, permit);
    let events = match stopping {
        Some(Extension(stopping)) => events.take_until(stopping.wait()).left_stream(),
        None => events.right_stream(),
    };
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

/// Parses the header `Last-Event-ID`. A browser may send an empty one, which counts as none.
fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, ()> {
    match headers.get("last-event-id") {
        None => Ok(None),
        Some(id) if id.is_empty() => Ok(None),
        Some(id) => {
            let id = id.to_str().map_err(|_| ())?;
            id.parse().map(Some).map_err(|_| ())
        }
    }
}

/// Returns the stream of events. It ends if the log fails: the client reconnects with its last id.
fn events<N: SectionItem>(
    reader: NotificationReader<N>,
    permit: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    stream::unfold((reader.follow(), permit), |(mut following, permit)| async {
        match following.next().await? {
            Ok(item) => Some((Ok(event(&item)), (following, permit))),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "ended a live stream because the log failed");
                None
            }
        }
    })
}

fn event<N: SectionItem>(item: &N) -> Event {
    let mut json = String::new();
    item.write_json(&mut json);
    Event::default().id(item.record_id().to_string()).data(json)
}
