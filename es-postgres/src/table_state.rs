//! Followers of a table: notified of commits of this process directly, and of commits of others by
//! `NOTIFY`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use es_sql::server::{Checkout, Server, TableState};
use es_store::{Notifier, WakeUp};
use tokio::sync::Notify as Signal;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::sleep;
use tokio_postgres::{AsyncMessage, Config, Error};

use crate::connector::Connector;
use crate::dialect::quote;
use crate::error::sql_error;
use crate::statements::Statements;
use crate::{Notify, Postgres};

/// Time between two attempts to connect the listener.
const PAUSE: Duration = Duration::from_secs(1);

/// The followers of one table.
pub struct Followers {
    notifier: Arc<Notifier>,
    commits: Arc<Signal>,
    channel: String,
    database: Arc<Postgres>,
    tasks: Mutex<Tasks>,
}

#[derive(Default)]
struct Tasks {
    sender: Option<JoinHandle<()>>,
    listener: Option<JoinHandle<()>>,
    closed: bool,
}

impl TableState<Postgres> for Followers {
    fn new(database: &Arc<Postgres>, statements: &Statements) -> Self {
        Self {
            notifier: Arc::default(),
            commits: Arc::default(),
            channel: statements.channel.clone(),
            database: database.clone(),
            tasks: Mutex::default(),
        }
    }

    /// Starts the listener with the first follower.
    fn wake_up(&self) -> WakeUp {
        let mut tasks = self.tasks();
        if let Some((config, connector)) = self.database.server()
            && self.database.notify() != Notify::Off
            && tasks.listener.is_none()
            && !tasks.closed
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let notifier = self.notifier.clone();
            let listening = listen(config, connector, self.channel.clone(), notifier);
            tasks.listener = Some(runtime.spawn(listening));
        }
        drop(tasks);
        self.notifier.subscribe()
    }

    fn notify(&self) {
        self.notifier.notify();
    }

    /// Other processes are notified by a task, once for several commits: the writer does not wait
    /// for it, and each notification takes a lock of the whole server.
    fn committed(&self) {
        self.notify();
        let Notify::Every(pause) = self.database.notify() else {
            return;
        };
        self.commits.notify_one();
        let mut tasks = self.tasks();
        if tasks.sender.is_none() && !tasks.closed {
            let (commits, channel) = (self.commits.clone(), self.channel.clone());
            let sending = send(self.database.clone(), commits, channel, pause);
            tasks.sender = Some(tokio::spawn(sending));
        }
    }

    fn close(&self) {
        let mut tasks = self.tasks();
        tasks.closed = true;
        let tasks = [tasks.sender.take(), tasks.listener.take()];
        for task in tasks.into_iter().flatten() {
            task.abort();
        }
    }
}

impl Followers {
    /// A panic elsewhere leaves the handles valid: they are set by single statements.
    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Followers {
    fn drop(&mut self) {
        self.close();
    }
}

async fn send(database: Arc<Postgres>, commits: Arc<Signal>, channel: String, pause: Duration) {
    loop {
        commits.notified().await;
        let sent = async {
            let client = Checkout::take(&*database, "notify").await?;
            let sent = client
                .execute("SELECT pg_notify($1, '')", &[&channel])
                .await;
            client.keep_if_ok(sent).map_err(|error| {
                let error = sql_error(error);
                if error.is_lost() {
                    database.forget_idle();
                }
                error.into_record_error("notify")
            })
        };
        if let Err(error) = sent.await {
            tracing::warn!(%error, "followers in other processes are not notified of a commit");
        }
        sleep(pause).await;
    }
}

async fn listen(config: Config, connector: Connector, channel: String, notifier: Arc<Notifier>) {
    loop {
        if let Err(error) = listen_once(&config, &connector, &channel, &notifier).await {
            tracing::warn!(%error, "commits of other processes are found by polling only");
        }
        sleep(PAUSE).await;
    }
}

/// Listens until the connection ends.
async fn listen_once(
    config: &Config,
    connector: &Connector,
    channel: &str,
    notifier: &Arc<Notifier>,
) -> Result<(), Error> {
    let listener = notifier.clone();
    let on_message = Box::new(move |message| {
        if matches!(message, AsyncMessage::Notification(_)) {
            listener.notify();
        }
    });
    let (client, connection) = connector.connect(config, on_message).await?;
    // If this future is dropped, the task ends, and the connection with it.
    let mut connection = AbortOnDrop(connection);
    client
        .batch_execute(&format!("LISTEN {}", quote(channel)))
        .await?;
    // Commits before `LISTEN` were not heard.
    notifier.notify();
    let _ended = connection.wait().await;
    drop(client);
    Ok(())
}

struct AbortOnDrop(JoinHandle<()>);

impl AbortOnDrop {
    async fn wait(&mut self) -> Result<(), JoinError> {
        (&mut self.0).await
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
