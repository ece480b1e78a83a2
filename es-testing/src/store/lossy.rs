//! A proxy that loses answers of a server.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// Time without bytes after which a server has finished its answer.
const QUIET: Duration = Duration::from_millis(200);

/// A TCP proxy that loses answers: the server executes a request, but the connection is cut before
/// the client gets the answer. It tests the handling of a commit without an answer.
#[derive(Clone)]
pub struct LossyProxy {
    address: SocketAddr,
    /// Number of answers still to be lost.
    to_lose: Arc<AtomicU32>,
    /// The tasks of the connections, oldest first.
    open: Arc<Mutex<Vec<AbortHandle>>>,
}

impl LossyProxy {
    /// Listens on a free port of the loopback interface, and forwards connections to `server`.
    ///
    /// Each call of [`lose_next`](Self::lose_next) loses the answer to one request that contains
    /// `statement`.
    ///
    /// # Panics
    ///
    /// If no port is free.
    pub async fn start(server: SocketAddr, statement: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let this = Self {
            address: listener.local_addr().expect("an address"),
            to_lose: Arc::default(),
            open: Arc::default(),
        };
        let (to_lose, open) = (this.to_lose.clone(), this.open.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let connection = Connection {
                    statement: statement.as_bytes(),
                    to_lose: to_lose.clone(),
                };
                let task = tokio::spawn(connection.forward(client, server)).abort_handle();
                open.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(task);
            }
        });
        this
    }

    /// Returns the address for clients to connect to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Loses one more answer.
    pub fn lose_next(&self) {
        self.to_lose.fetch_add(1, Ordering::SeqCst);
    }

    /// Cuts up to `at_most` connections, oldest first, and returns their number.
    #[must_use]
    pub fn cut(&self, at_most: usize) -> usize {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|task| !task.is_finished());
        let cut = at_most.min(open.len());
        open.drain(..cut).for_each(|task| task.abort());
        cut
    }

    /// Returns the number of answers still to be lost.
    #[must_use]
    pub fn to_lose(&self) -> u32 {
        self.to_lose.load(Ordering::SeqCst)
    }
}

/// Reads an answer to its end and discards it. The end shows that the server executed the request,
/// so that the lost answer is that of a finished commit.
async fn discard_answer(mut server: TcpStream, buffer: &mut [u8]) -> std::io::Result<()> {
    let mut len = server.read(buffer).await?;
    while len > 0 {
        match timeout(QUIET, server.read(buffer)).await {
            Ok(read) => len = read?,
            Err(_) => break,
        }
    }
    Ok(())
}

/// A connection through the proxy.
struct Connection {
    statement: &'static [u8],
    to_lose: Arc<AtomicU32>,
}

impl Connection {
    /// Forwards bytes in both directions until one side closes or an answer is lost.
    async fn forward(self, mut client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
        let mut server = TcpStream::connect(server).await?;
        let (mut request, mut answer) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        loop {
            tokio::select! {
                len = client.read(&mut request) => {
                    let request = &request[..len?];
                    if request.is_empty() {
                        return Ok(());
                    }
                    server.write_all(request).await?;
                    if self.loses_answer_to(request) {
                        return discard_answer(server, &mut answer).await;
                    }
                }
                len = server.read(&mut answer) => {
                    let answer = &answer[..len?];
                    if answer.is_empty() {
                        return Ok(());
                    }
                    client.write_all(answer).await?;
                }
            }
        }
    }

    fn loses_answer_to(&self, request: &[u8]) -> bool {
        let has_statement = request
            .windows(self.statement.len())
            .any(|bytes| bytes == self.statement);
        let lose = |to_lose: u32| to_lose.checked_sub(1);
        has_statement
            && self
                .to_lose
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, lose)
                .is_ok()
    }
}
