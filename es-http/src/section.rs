//! Sections, and when they need not be sent.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::TypedHeader;
use axum_extra::headers::{ETag, IfNoneMatch};
use es_core::error::{Error, NotificationError};
use es_core::notification_log::{Section, SectionItem, SectionRef, SectionRequest, SectionSize};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::router::{Shared, Visibility};

#[derive(Deserialize)]
pub(crate) struct Wish {
    size: Option<u64>,
}

pub(crate) async fn section<N: SectionItem>(
    State(shared): State<Arc<Shared<N>>>,
    Path(asked): Path<String>,
    Query(wish): Query<Wish>,
    if_none_match: Option<TypedHeader<IfNoneMatch>>,
) -> Response {
    let request = match request(&asked, &wish) {
        Ok(request) => shared.within_limits(request),
        Err(error) => return error_response(&error.into()),
    };
    let section = tokio::time::timeout(shared.request_time, shared.log.section(request)).await;
    match section {
        Ok(Ok(section)) => {
            let if_none_match = if_none_match.map(|TypedHeader(etags)| etags);
            section_response(&section, request, shared.visibility, if_none_match)
        }
        Ok(Err(error)) => error_response(&error),
        Err(_) => unavailable(),
    }
}

/// A size above the largest is a wish for the largest.
fn request(asked: &str, wish: &Wish) -> Result<SectionRequest, NotificationError> {
    let size = wish.size.map(|size| size.min(SectionSize::LARGEST.get()));
    Ok(SectionRequest {
        section: asked.parse()?,
        size: size.map(SectionSize::new).transpose()?,
    })
}

fn section_response<N: SectionItem>(
    section: &Section<N>,
    request: SectionRequest,
    visibility: Visibility,
    if_none_match: Option<IfNoneMatch>,
) -> Response {
    // What is current is another section later.
    let is_fixed = request.section != SectionRef::Current && section.is_final();
    let caching = match (is_fixed, visibility) {
        (false, _) => "no-cache",
        (true, Visibility::Public) => "public, max-age=31536000, immutable",
        (true, Visibility::Private) => "private, max-age=31536000, immutable",
    };
    let json = section.to_json();
    let etag = etag(&json);
    let is_known = if_none_match.is_some_and(|known| match &etag {
        Some(etag) => !known.precondition_passes(etag),
        None => false,
    });
    let headers = (
        etag.map(TypedHeader),
        [(CACHE_CONTROL, HeaderValue::from_static(caching))],
    );
    if is_known {
        (StatusCode::NOT_MODIFIED, headers.0, headers.1).into_response()
    } else {
        let content = HeaderValue::from_static("application/json");
        (headers.0, headers.1, [(CONTENT_TYPE, content)], json).into_response()
    }
}

/// Of the text itself, so that it is right whatever happened to the database. Weak, for the text may be sent compressed.
fn etag(json: &str) -> Option<ETag> {
    let mut tag = String::from("W/\"");
    for byte in &Sha256::digest(json.as_bytes())[..16] {
        // Writing to a `String` cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag.parse().ok()
}

pub(crate) fn error_response(error: &Error) -> Response {
    match error {
        Error::Notifications(
            wrong @ (NotificationError::InvalidSectionId { .. }
            | NotificationError::InvalidSectionSize { .. }),
        ) => (StatusCode::BAD_REQUEST, format!("{wrong}\n")).into_response(),
        Error::Unavailable(_) | Error::Closed => unavailable(),
        other => {
            tracing::error!(
                error = other as &dyn std::error::Error,
                "a section cannot be read"
            );
            let text = "the section cannot be read; the server's log says why\n";
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

pub(crate) fn unavailable() -> Response {
    let again = [(RETRY_AFTER, HeaderValue::from_static("1"))];
    (StatusCode::SERVICE_UNAVAILABLE, again, "try again\n").into_response()
}
