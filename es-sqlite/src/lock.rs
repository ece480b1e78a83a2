//! The lock file that lets processes write in turn.
//!
//! `SQLite` polls for its lock, so that one process that writes all the time can starve the others.
//! The operating system queues the waiters for a lock on a file, and passes the lock on. Record ids
//! do not depend on it: `BEGIN IMMEDIATE` protects them, so programs that do not take the lock may
//! write to the database too.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

/// A handle on `<database>.lock`. Each handle excludes all others, also those of its own process.
pub(crate) struct FileLock {
    file: File,
    /// The request of a thread that waits for the lock, left over from a call that ended with a
    /// timeout.
    request: Option<Request>,
}

struct Request {
    answer: Receiver<io::Result<()>>,
    /// True while a call waits for the answer. If no call waits when the thread gets the lock, it
    /// releases the lock.
    is_awaited: Arc<Mutex<bool>>,
}

fn locked_flag(is_awaited: &Mutex<bool>) -> MutexGuard<'_, bool> {
    is_awaited.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the path of the lock beside a database.
pub(crate) fn lock_path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

impl FileLock {
    pub(crate) fn open(database: &Path) -> io::Result<Self> {
        let mut options = File::options();
        let file = options
            .create(true)
            .truncate(false)
            .write(true)
            .open(lock_path(database))?;
        Ok(Self {
            file,
            request: None,
        })
    }

    /// Takes the lock, or fails with [`io::ErrorKind::TimedOut`].
    pub(crate) fn acquire(&mut self, timeout: Duration) -> io::Result<()> {
        loop {
            let request = match self.request.take() {
                Some(request) => request,
                None => match self.file.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::Error(error)) => return Err(error),
                    Err(TryLockError::WouldBlock) => self.request()?,
                },
            };
            *locked_flag(&request.is_awaited) = true;
            match request.answer.recv_timeout(timeout) {
                Ok(locked) => return locked,
                // The thread got the lock while no call waited, and released it.
                Err(RecvTimeoutError::Disconnected) => {}
                Err(RecvTimeoutError::Timeout) => {
                    let mut is_awaited = locked_flag(&request.is_awaited);
                    if let Ok(locked) = request.answer.try_recv() {
                        return locked;
                    }
                    *is_awaited = false;
                    drop(is_awaited);
                    self.request = Some(request);
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
        }
    }

    /// Starts a thread that waits: a blocking wait has no timeout. The lock belongs to the open
    /// file, not to the thread.
    fn request(&self) -> io::Result<Request> {
        let (sender, answer) = mpsc::sync_channel(1);
        let file = self.file.try_clone()?;
        let is_awaited = Arc::new(Mutex::new(true));
        let awaited = is_awaited.clone();
        thread::Builder::new()
            .name("es-sqlite lock".to_owned())
            .spawn(move || {
                let locked = file.lock();
                // Held until the lock is passed on or released, so that no call begins to wait in
                // between.
                let is_awaited = locked_flag(&awaited);
                if *is_awaited {
                    let _gone = sender.send(locked);
                } else if locked.is_ok() {
                    let _closed = file.unlock();
                }
                drop(sender);
                drop(is_awaited);
            })?;
        Ok(Request { answer, is_awaited })
    }

    pub(crate) fn release(&self) -> io::Result<()> {
        self.file.unlock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn two_handles_exclude_each_other_until_a_timeout() {
        let dir = tempfile::tempdir().expect("a directory");
        let database = dir.path().join("events.db");
        let (mut one, mut two) = (FileLock::open(&database), FileLock::open(&database));
        let (one, two) = (one.as_mut().expect("opened"), two.as_mut().expect("opened"));
        one.acquire(LONG).expect("free");
        let refused = two
            .acquire(Duration::from_millis(1))
            .expect_err("held by one");
        assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
        one.release().expect("held");
        two.acquire(LONG).expect("asked for before, free now");
        let refused = one
            .acquire(Duration::from_millis(1))
            .expect_err("held by two");
        assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_party_after_a_timeout_does_not_keep_the_lock_while_idle() {
        let dir = tempfile::tempdir().unwrap();
        let db = dir.path().join("e.db");
        let mut one = FileLock::open(&db).unwrap();
        let mut two = FileLock::open(&db).unwrap();
        let mut three = FileLock::open(&db).unwrap();
        one.acquire(LONG).unwrap();
        two.acquire(Duration::from_millis(10)).unwrap_err();
        one.release().unwrap();
        // `two` has nothing more to do. `three` waits long.
        std::thread::sleep(Duration::from_millis(200));
        three.acquire(LONG).expect("nobody writes");
    }
}
