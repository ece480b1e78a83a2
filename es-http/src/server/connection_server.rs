//! The server of one connection.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;

use super::connections::ConnectionSlot;
use super::limits::Limits;
use super::stopping::Stopping;

/// The minimum of hyper's buffer; it panics below.
const MIN_HEADER_BYTES: usize = 8_192;

/// The server of one connection.
pub(super) struct ConnectionServer {
    pub(super) router: Router,
    pub(super) limits: Limits,
    pub(super) stopping: Stopping,
    pub(super) slot: Arc<ConnectionSlot>,
}

impl ConnectionServer {
    /// Serves a connection until it ends, is replaced by another one, or the server stops.
    pub(super) async fn serve(self, stream: TcpStream, shutdown: Watcher) {
        // Answers are written at once, so waiting for a full packet only delays them. If the call
        // fails, the connection is slower but works.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.limits.write_timeout));

        let router = TowerToHyperService::new(self.router);
        let (stopping, slot) = (self.stopping, Arc::clone(&self.slot));
        let service = service_fn(move |mut request: Request<_>| {
            let active = slot.begin_request();
            request.extensions_mut().insert(stopping.clone());
            let answer = router.call(request);
            async move {
                let answer = answer.await?;
                Ok::<_, Infallible>(answer.map(|body| active.until_sent(body)))
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_timeout)
            .max_buf_size(self.limits.header_bytes.max(MIN_HEADER_BYTES))
            .max_headers(self.limits.headers)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        tokio::select! {
            ended = shutdown.watch(connection) => {
                if let Err(error) = ended {
                    let error = &error as &dyn std::error::Error;
                    tracing::debug!(error, "a connection ended with an error");
                }
            }
            () = self.slot.closed() => {}
        }
    }
}
