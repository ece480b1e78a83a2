//! A server with limits: of connections, of headers, of time.

mod connection;
mod stalled;
mod watched;

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use connection::serve_connection;
use es_core::error::{Error, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use watched::Connections;

/// Where accepting fails, such as for want of file descriptors, it is tried again after this.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves a router, on the loopback interface unless told.
#[must_use = "a server does nothing until `start` is called"]
pub struct Server {
    router: Router,
    address: SocketAddr,
    limits: Limits,
}

/// What a server puts up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many connections there may be. One more takes the place of the one that is idle for the longest time; where
    /// none is idle it is closed.
    pub connections: usize,
    /// The size of a request's line and headers, in bytes; 8,192 at least. More is answered `431`.
    pub header_bytes: usize,
    /// How many headers a request may have.
    pub headers: usize,
    /// How long a connection may take to send a request's headers, the wait before them included.
    pub header_time: Duration,
    /// How long a connection may take nothing of what is sent to it.
    pub stall_time: Duration,
    /// How long requests may take to end once the server stops.
    pub grace: Duration,
}

impl Default for Limits {
    /// 1,024 connections, 16 KiB of at most 64 headers within 30 s, 30 s for a stalled reader, 10 s of grace.
    fn default() -> Self {
        Self {
            connections: 1_024,
            header_bytes: 16 * 1_024,
            headers: 64,
            header_time: Duration::from_secs(30),
            stall_time: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}

impl Server {
    /// On a free port of the loopback interface.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            limits: Limits::default(),
        }
    }

    /// On this port of the loopback interface.
    pub fn port(mut self, port: u16) -> Self {
        self.address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        self
    }

    /// On an address that others may reach, such as `([0, 0, 0, 0], 8080)`. Give the log a token, and put what speaks TLS
    /// before it.
    pub fn expose(mut self, address: impl Into<SocketAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// With other limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Listens, and serves until it is stopped or dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where the address cannot be listened on.
    pub async fn start(self) -> Result<RunningServer> {
        let unavailable = |source: std::io::Error| {
            Error::Unavailable(Box::new(CannotListen {
                address: self.address,
                source,
            }))
        };
        let listener = TcpListener::bind(self.address).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let (stop, stopping) = watch::channel(());
        let accepting = Accepting {
            listener,
            router: self.router,
            limits: self.limits,
            stopping: Stopping(stopping),
        };
        Ok(RunningServer {
            address,
            stop,
            task: tokio::spawn(accepting.run()),
        })
    }

    /// Serves until `stop` is ready, such as `tokio::signal::ctrl_c()`, and then until the last request has ended.
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
#[error("{address} cannot be listened on")]
struct CannotListen {
    address: SocketAddr,
    source: std::io::Error,
}

/// A server at work. Dropping it stops it as well, without waiting.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl RunningServer {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of its root, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests, ends the live ones, and waits for the others, as long as the limits say.
    pub async fn stop(self) {
        drop(self.stop);
        // A panic of the accept loop was reported by its thread, and leaves nothing to wait for.
        let _ = self.task.await;
    }
}

/// Says to those who serve that the server stops.
#[derive(Clone)]
pub(crate) struct Stopping(watch::Receiver<()>);

impl Stopping {
    /// Returns when the server stops.
    pub(crate) async fn wait(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}

struct Accepting {
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stopping: Stopping,
}

impl Accepting {
    async fn run(self) {
        let connections = Arc::new(Connections::new(self.limits.connections));
        let mut tasks = JoinSet::new();
        let stop = self.stopping.clone().wait();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = tasks.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.take(stream, &connections, &mut tasks),
                    Err(error) => {
                        tracing::warn!(%error, "a connection was not accepted");
                        connections.make_room();
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(self.listener);
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(self.limits.grace, all).await.is_err() {
            tasks.shutdown().await;
        }
    }

    fn take(&self, stream: TcpStream, connections: &Arc<Connections>, tasks: &mut JoinSet<()>) {
        let Some(watched) = connections.admit() else {
            return;
        };
        let (router, stopping) = (self.router.clone(), self.stopping.clone());
        tasks.spawn(serve_connection(
            stream,
            router,
            self.limits,
            stopping,
            watched,
        ));
    }
}
