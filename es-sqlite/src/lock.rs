//! The lock that lets processes write in turn.
//!
//! `SQLite`'s own waiting starves: one process can keep the others out for as long as it writes. The system hands a lock
//! on a file on to those who wait for it. Ids do not depend on it (`BEGIN IMMEDIATE` sees to them), so programs that know
//! nothing of the lock may write to the database too.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A handle on `<database>.lock`. Each handle is a party of its own, in whatever process.
pub(crate) struct FileLock {
    file: File,
    /// A thread that waits for the lock in our name, where our patience ended before.
    asked: Option<Receiver<io::Result<()>>>,
}

/// The lock's path beside a database.
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
        Ok(Self { file, asked: None })
    }

    /// Takes the lock, or fails with [`io::ErrorKind::TimedOut`] once `patience` has ended.
    pub(crate) fn acquire(&mut self, patience: Duration) -> io::Result<()> {
        let asked = match self.asked.take() {
            Some(asked) => asked,
            None => match self.file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => self.ask()?,
            },
        };
        match asked.recv_timeout(patience) {
            Ok(locked) => locked,
            Err(RecvTimeoutError::Timeout) => {
                self.asked = Some(asked);
                Err(io::ErrorKind::TimedOut.into())
            }
            Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("the lock's thread died")),
        }
    }

    /// A blocking wait has no time limit, so a thread does it. The lock belongs to the open file, not to the thread.
    fn ask(&self) -> io::Result<Receiver<io::Result<()>>> {
        let (answer, asked) = mpsc::sync_channel(1);
        let file = self.file.try_clone()?;
        thread::Builder::new()
            .name("es-sqlite lock".to_owned())
            .spawn(move || {
                // Where nobody waits any more, the file goes, and the lock with it.
                let _nobody = answer.send(file.lock());
            })?;
        Ok(asked)
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
    fn two_handles_exclude_each_other_and_patience_ends() {
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
}
