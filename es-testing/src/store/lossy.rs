use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// How long a server says nothing that has done what it was asked.
const QUIET: Duration = Duration::from_millis(200);

/// A way to a server that loses answers: what the client sends arrives, and before the answer comes back the connection is
/// cut. For stores on servers, to see what becomes of a commit without an answer.
#[derive(Clone)]
pub struct LossyProxy {
    address: SocketAddr,
    /// How many answers are to be lost yet.
    armed: Arc<AtomicU32>,
    /// The connections that were made.
    open: Arc<Mutex<Vec<AbortHandle>>>,
}

impl LossyProxy {
    /// Listens on a free port of loopback, and passes on to `server`. Loses the answer to bytes that hold `statement`, once
    /// for each time that [`lose_next`](Self::lose_next) was called.
    ///
    /// # Panics
    ///
    /// Where there is no port to listen on.
    pub async fn before(server: SocketAddr, statement: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let this = Self {
            address: listener.local_addr().expect("an address"),
            armed: Arc::default(),
            open: Arc::default(),
        };
        let (armed, open) = (this.armed.clone(), this.open.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let pass = Pass {
                    statement: statement.as_bytes(),
                    armed: armed.clone(),
                };
                let passing = tokio::spawn(pass.on(client, server)).abort_handle();
                open.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(passing);
            }
        });
        this
    }

    /// Where the client is to connect.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Loses the next answer.
    pub fn lose_next(&self) {
        self.armed.fetch_add(1, Ordering::SeqCst);
    }

    /// Cuts some connections, those that were made first, and says how many.
    #[must_use]
    pub fn cut(&self, at_most: usize) -> usize {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|passing| !passing.is_finished());
        let cut = at_most.min(open.len());
        open.drain(..cut).for_each(|passing| passing.abort());
        cut
    }

    /// How many answers are to be lost yet.
    #[must_use]
    pub fn to_lose(&self) -> u32 {
        self.armed.load(Ordering::SeqCst)
    }
}

/// Reads what a server says, and passes nothing on. One that has answered, and has nothing more to say, has done what it
/// was asked.
async fn silence(mut server: TcpStream, answered: &mut [u8]) -> std::io::Result<()> {
    let mut len = server.read(answered).await?;
    while len > 0 {
        match timeout(QUIET, server.read(answered)).await {
            Ok(read) => len = read?,
            Err(_) => break,
        }
    }
    Ok(())
}

struct Pass {
    statement: &'static [u8],
    armed: Arc<AtomicU32>,
}

impl Pass {
    /// Passes bytes on both ways until one side ends, or an answer is lost.
    async fn on(self, mut client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
        let mut server = TcpStream::connect(server).await?;
        let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        loop {
            tokio::select! {
                len = client.read(&mut asked) => {
                    let asked = &asked[..len?];
                    if asked.is_empty() {
                        return Ok(());
                    }
                    server.write_all(asked).await?;
                    if self.is_to_lose(asked) {
                        return silence(server, &mut answered).await;
                    }
                }
                len = server.read(&mut answered) => {
                    let answered = &answered[..len?];
                    if answered.is_empty() {
                        return Ok(());
                    }
                    client.write_all(answered).await?;
                }
            }
        }
    }

    fn is_to_lose(&self, asked: &[u8]) -> bool {
        let has_it = asked
            .windows(self.statement.len())
            .any(|bytes| bytes == self.statement);
        let lose = |armed: u32| armed.checked_sub(1);
        has_it
            && self
                .armed
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, lose)
                .is_ok()
    }
}
