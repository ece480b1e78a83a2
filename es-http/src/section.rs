//! The handler of sections, with validation of cached ones.

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
pub(crate) struct SizeQuery {
    size: Option<u64>,
}

pub(crate) async fn section<N: SectionItem>(
    State(shared): State<Arc<Shared<N>>>,
    Path(section): Path<String>,
    Query(query): Query<SizeQuery>,
    if_none_match: Option<TypedHeader<IfNoneMatch>>,
) -> Response {
    let request = match request(&section, &query) {
        Ok(request) => shared.within_limits(request),
        Err(error) => return error_response(&error.into()),
    };
    let section = tokio::time::timeout(shared.request_timeout, shared.log.section(request)).await;
    match section {
        Ok(Ok(section)) => {
            let if_none_match = if_none_match.map(|TypedHeader(etags)| etags);
            section_response(&section, request, shared.visibility, if_none_match)
        }
        Ok(Err(error)) => error_response(&error),
        Err(_) => unavailable(),
    }
}

/// Parses a request. A size above the maximum is treated as the maximum, because the answer states
/// its size anyway.
fn request(section: &str, query: &SizeQuery) -> Result<SectionRequest, NotificationError> {
    let size = query.size.map(|size| size.min(SectionSize::MAX.get()));
    Ok(SectionRequest {
        section: section.parse()?,
        size: size.map(SectionSize::new).transpose()?,
    })
}

fn section_response<N: SectionItem>(
    section: &Section<N>,
    request: SectionRequest,
    visibility: Visibility,
    if_none_match: Option<IfNoneMatch>,
) -> Response {
    // `current` names another section later.
    let is_immutable = request.section != SectionRef::Current && section.is_final();
    let caching = match (is_immutable, visibility) {
        (false, _) => "no-cache",
        (true, Visibility::Public) => "public, max-age=31536000, immutable",
        (true, Visibility::Private) => "private, max-age=31536000, immutable",
    };
    let json = section.to_json();
    let etag = etag(&json);
    let is_not_modified = if_none_match.is_some_and(|cached| match &etag {
        Some(etag) => !cached.precondition_passes(etag),
        None => false,
    });
    let headers = (
        etag.map(TypedHeader),
        [(CACHE_CONTROL, HeaderValue::from_static(caching))],
    );
    if is_not_modified {
        (StatusCode::NOT_MODIFIED, headers.0, headers.1).into_response()
    } else {
        let content = HeaderValue::from_static("application/json");
        (headers.0, headers.1, [(CONTENT_TYPE, content)], json).into_response()
    }
}

/// Returns the entity tag of a text: its hash, which is right even if the database was restored or
/// edited. It is weak, because the text may be sent compressed.
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
            invalid @ (NotificationError::InvalidSectionId { .. }
            | NotificationError::InvalidSectionSize { .. }),
        ) => (StatusCode::BAD_REQUEST, format!("{invalid}\n")).into_response(),
        Error::Unavailable(_) | Error::Closed => unavailable(),
        other => {
            tracing::error!(
                error = other as &dyn std::error::Error,
                "failed to read a section"
            );
            let text = "failed to read the section; see the log of the server\n";
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

pub(crate) fn unavailable() -> Response {
    let retry_after = [(RETRY_AFTER, HeaderValue::from_static("1"))];
    let text = "temporarily unavailable; try again\n";
    (StatusCode::SERVICE_UNAVAILABLE, retry_after, text).into_response()
}
