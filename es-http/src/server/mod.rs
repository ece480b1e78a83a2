//! The server, with limits of connections, headers and time.

mod accept;
mod connection_server;
mod connections;
mod limits;
mod stopping;

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use es_core::error::{Error, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

use self::accept::AcceptLoop;
pub use self::limits::Limits;
pub(crate) use self::stopping::Stopping;

/// Serves a router over HTTP/1.1, by default on the loopback interface.
#[must_use = "a server does nothing until `start` is called"]
pub struct Server {
    router: Router,
    address: SocketAddr,
    limits: Limits,
}

impl Server {
    /// Creates a server on a free port of the loopback interface.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            limits: Limits::default(),
        }
    }

    /// Sets the port on the loopback interface.
    pub fn port(mut self, port: u16) -> Self {
        self.address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        self
    }

    /// Sets an address that other hosts can reach, such as `([0, 0, 0, 0], 8080)`.
    ///
    /// Set a token on the log, and put a TLS proxy in front of the server.
    pub fn expose(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Starts the server. It serves until it is stopped or dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the server cannot listen on the address.
    pub async fn start(self) -> Result<RunningServer> {
        let unavailable = |source: std::io::Error| {
            Error::Unavailable(Box::new(ListenError {
                address: self.address,
                source,
            }))
        };
        let listener = TcpListener::bind(self.address).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let stopping = Stopping::default();
        let stop = stopping.guard();
        let accept_loop = AcceptLoop {
            listener,
            router: self.router,
            limits: self.limits,
            stopping,
        };
        Ok(RunningServer {
            address,
            stop,
            task: tokio::spawn(accept_loop.run()),
        })
    }

    /// Serves until `stop` is ready, such as `tokio::signal::ctrl_c()`, and then until the last
    /// request has finished.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn serve_until(self, stop: impl Future) -> Result<()> {
        let running = self.start().await?;
        stop.await;
        running.stop().await;
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
struct ListenError {
    address: SocketAddr,
    source: std::io::Error,
}

/// A running server. Dropping it stops the server without waiting.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    stop: DropGuard,
    task: JoinHandle<()>,
}

impl RunningServer {
    /// Returns the address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of the root, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops the server: accepts no more requests, ends the live streams, and waits for the other
    /// requests for at most [`Limits::shutdown_timeout`].
    pub async fn stop(self) {
        drop(self.stop);
        // The panic hook has reported a panic of the accept loop; there is nothing to wait for.
        let _ = self.task.await;
    }
}
