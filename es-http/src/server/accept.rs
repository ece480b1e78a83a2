//! The loop that accepts connections.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::connection_server::ConnectionServer;
use super::connections::Connections;
use super::limits::Limits;
use super::stopping::Stopping;

/// The pause after a failed accept, such as one without a free file descriptor. Without it the loop
/// would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The loop that accepts connections, each served by a separate task.
///
/// `axum::serve` would be shorter, but it has no limits: a client that opens connections and sends
/// nothing would use up the file descriptors, and one that reads nothing would hold its answer in
/// memory.
pub(super) struct AcceptLoop {
    pub(super) listener: TcpListener,
    pub(super) router: Router,
    pub(super) limits: Limits,
    pub(super) stopping: Stopping,
}

impl AcceptLoop {
    pub(super) async fn run(self) {
        let connections = Arc::new(Connections::new(self.limits.connections));
        let shutdown = GracefulShutdown::new();
        let mut tasks = JoinSet::new();
        let mut stop = pin!(self.stopping.clone().wait());
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = tasks.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => self.serve(stream, &connections, &shutdown, &mut tasks),
                    Err(error) => {
                        tracing::warn!(%error, "failed to accept a connection");
                        connections.close_idle();
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(self.listener);
        // After the timeout, the remaining connections are closed in the middle of their answers.
        let _ = tokio::time::timeout(self.limits.shutdown_timeout, shutdown.shutdown()).await;
        tasks.shutdown().await;
    }

    fn serve(
        &self,
        stream: TcpStream,
        connections: &Arc<Connections>,
        shutdown: &GracefulShutdown,
        tasks: &mut JoinSet<()>,
    ) {
        let Some(slot) = connections.admit() else {
            return;
        };
        let server = ConnectionServer {
            router: self.router.clone(),
            limits: self.limits,
            stopping: self.stopping.clone(),
            slot,
        };
        tasks.spawn(server.serve(stream, shutdown.watcher()));
    }
}
