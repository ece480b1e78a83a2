//! The router of a notification log.

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

/// The maximum size of a request body. The handlers do not read bodies.
const MAX_BODY_BYTES: usize = 4 * 1024;

/// Builds the router of a notification log, for a [`Server`](crate::Server) or for an axum
/// application:
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
/// | `GET <base>/21,40/` | the section of notification 21 |
/// | `GET <base>/21,40/?size=1000` | the same, in sections of 1,000 or of the log's maximum size |
/// | `GET <base>/live/` | server-sent events: all notifications after `Last-Event-ID` or `?after=`, then new ones |
///
/// Sections have an `ETag`; those that never change are `immutable`. They are compressed if the
/// client accepts it.
#[must_use = "a builder does nothing until `into_router` is called"]
pub struct LogRouter<N: SectionItem = Notification> {
    shared: Shared<N>,
    tokens: Tokens,
    max_live: usize,
}

/// The state of the handlers.
pub(crate) struct Shared<N: SectionItem> {
    pub(crate) log: Arc<dyn NotificationLog<N>>,
    pub(crate) max_section_size: SectionSize,
    pub(crate) request_timeout: Duration,
    /// A permit for each live follower.
    pub(crate) live_permits: Arc<Semaphore>,
    pub(crate) visibility: Visibility,
}

/// The caches that may store an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Shared caches, such as those of proxies.
    Public,
    /// The cache of the client only, because the answer is for a token.
    Private,
}

impl<N: SectionItem> Shared<N> {
    /// Limits the size of the requested section.
    pub(crate) fn within_limits(&self, request: SectionRequest) -> SectionRequest {
        let size = request.size.map(|size| size.min(self.max_section_size));
        SectionRequest { size, ..request }
    }
}

impl<N: SectionItem> LogRouter<N> {
    /// Creates the router of a log, without authentication.
    pub fn new(log: impl NotificationLog<N>) -> Self {
        Self {
            shared: Shared {
                log: Arc::new(log),
                max_section_size: SectionSize::MAX,
                request_timeout: Duration::from_secs(30),
                live_permits: Arc::new(Semaphore::new(0)),
                visibility: Visibility::Public,
            },
            tokens: Tokens::default(),
            max_live: 256,
        }
    }

    /// Requires a token, as `Authorization: Bearer …`. Each call adds a token that is accepted.
    pub fn bearer_token(mut self, token: &str) -> Self {
        self.tokens.add(token);
        self.shared.visibility = Visibility::Private;
        self
    }

    /// Sets the maximum of `?size=`. Default: 1,000.
    pub fn max_section_size(mut self, size: SectionSize) -> Self {
        self.shared.max_section_size = size;
        self
    }

    /// Sets the timeout of reading a section; after it the answer is `503`. Default: 30 seconds.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.shared.request_timeout = timeout;
        self
    }

    /// Sets the maximum number of live followers. Default: 256. Further followers are answered `503`
    /// and can read sections.
    pub fn max_live(mut self, followers: usize) -> Self {
        self.max_live = followers;
        self
    }

    /// Returns the router.
    pub fn into_router(mut self) -> Router {
        self.shared.live_permits = Arc::new(Semaphore::new(self.max_live));
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
