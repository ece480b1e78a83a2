use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use es_core::notification_log::{
    Notification, NotificationLog, SectionItem, SectionRequest, SectionSize,
};
use tokio::sync::Semaphore;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::auth::{Tokens, authenticate};
use crate::{live, section};

/// Requests have no bodies worth reading.
const MAX_BODY_BYTES: usize = 4 * 1024;

/// Makes the router of a notification log, to be served by a [`Server`](crate::Server) or mounted in an application of
/// your own:
///
/// ```
/// # fn example(app: &es_core::application::Application) -> es_core::error::Result<axum::Router> {
/// # use es_http::LogRouter;
/// let log = LogRouter::new(app.notification_log()?).into_router();
/// let router = axum::Router::new().nest("/notifications", log);
/// # Ok(router)
/// # }
/// ```
///
/// | request | answer |
/// |---|---|
/// | `GET <base>/current/` | the section of the last notification |
/// | `GET <base>/21,40/` | the section that holds notification 21 |
/// | `GET <base>/21,40/?size=1000` | the same, in sections of 1,000 or as many as this log allows |
/// | `GET <base>/live/` | server-sent events: all notifications after `Last-Event-ID`, or after `?after=`, then what comes |
///
/// Sections have an `ETag`; those that never change again are `immutable`. They are compressed for whoever accepts it.
#[must_use = "a router is made by `into_router`"]
pub struct LogRouter<N: SectionItem = Notification> {
    shared: Shared<N>,
    tokens: Tokens,
    max_live: usize,
}

/// What the handlers share.
pub(crate) struct Shared<N: SectionItem> {
    pub(crate) log: Arc<dyn NotificationLog<N>>,
    pub(crate) max_section_size: SectionSize,
    pub(crate) request_time: Duration,
    /// One permit a live follower.
    pub(crate) live: Arc<Semaphore>,
    pub(crate) visibility: Visibility,
}

/// Who may keep an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Every cache on the way.
    Public,
    /// Only who asked: the answer was for a token.
    Private,
}

impl<N: SectionItem> Shared<N> {
    /// No section is larger than allowed.
    pub(crate) fn within_limits(&self, request: SectionRequest) -> SectionRequest {
        let size = request.size.map(|size| size.min(self.max_section_size));
        SectionRequest { size, ..request }
    }
}

impl<N: SectionItem> LogRouter<N> {
    /// Of this log, open to all who reach it.
    pub fn new(log: impl NotificationLog<N>) -> Self {
        Self {
            shared: Shared {
                log: Arc::new(log),
                max_section_size: SectionSize::LARGEST,
                request_time: Duration::from_secs(30),
                live: Arc::new(Semaphore::new(0)),
                visibility: Visibility::Public,
            },
            tokens: Tokens::default(),
            max_live: 256,
        }
    }

    /// Only for requests that bring this token, or one named before, as `Authorization: Bearer …`.
    pub fn bearer_token(mut self, token: &str) -> Self {
        self.tokens.add(token);
        self.shared.visibility = Visibility::Private;
        self
    }

    /// The largest sections that can be had with `?size=`; 1,000 unless told.
    pub fn max_section_size(mut self, size: SectionSize) -> Self {
        self.shared.max_section_size = size;
        self
    }

    /// How long a section may take to be read; 30 seconds unless told. After it the answer is `503`.
    pub fn request_time(mut self, time: Duration) -> Self {
        self.shared.request_time = time;
        self
    }

    /// How many may follow live at a time; 256 unless told. Others are answered `503`, and can read sections.
    pub fn max_live(mut self, followers: usize) -> Self {
        self.max_live = followers;
        self
    }

    /// The router.
    pub fn into_router(mut self) -> Router {
        self.shared.live = Arc::new(Semaphore::new(self.max_live));
        let router = Router::new()
            .route("/live", get(live::live::<N>))
            .route("/live/", get(live::live::<N>))
            .route("/{section}", get(section::section::<N>))
            .route("/{section}/", get(section::section::<N>))
            .with_state(Arc::new(self.shared))
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES));
        if self.tokens.is_empty() {
            router
        } else {
            router.layer(from_fn_with_state(Arc::new(self.tokens), authenticate))
        }
    }
}
