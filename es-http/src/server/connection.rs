use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;

use super::stalled::Stalled;
use super::watched::Watched;
use super::{Limits, Stopping};

/// Serves one connection until it ends, has to go, or the server stops.
pub(super) async fn serve_connection(
    stream: TcpStream,
    router: Router,
    limits: Limits,
    stopping: Stopping,
    watched: Arc<Watched>,
) {
    // Answers are written whole; waiting to fill a packet only delays them. A failure costs speed, no more.
    let _ = stream.set_nodelay(true);
    let answer = {
        let (router, stopping) = (TowerToHyperService::new(router), stopping.clone());
        let watched = Arc::clone(&watched);
        service_fn(move |mut request: Request<_>| {
            let working = watched.work();
            request.extensions_mut().insert(stopping.clone());
            let answer = router.call(request);
            async move {
                let answer = answer.await?;
                Ok::<_, std::convert::Infallible>(answer.map(|body| working.until_sent(body)))
            }
        })
    };
    let stream = TokioIo::new(Stalled::new(stream, limits.stall_time));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_time)
            .max_buf_size(limits.header_bytes.max(MIN_HEADER_BYTES))
            .max_headers(limits.headers)
            .serve_connection(stream, answer)
    );
    let mut stop = pin!(stopping.wait());
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended");
                }
                return;
            }
            () = watched.closed() => return,
            () = &mut stop, if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// The least that hyper takes.
const MIN_HEADER_BYTES: usize = 8_192;
