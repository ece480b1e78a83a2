//! Followers: told of commits, in this process at once and in others by notifications.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use es_store::{Alarm, WakeUp};
use tokio::sync::Notify as Signal;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_postgres::{AsyncMessage, Config, Error};

use crate::Notify;
use crate::database::Database;
use crate::dialect::quote;
use crate::error::{is_lost, record_error};
use crate::tls::Connector;

/// How long to wait before a lost connection is made anew.
const PAUSE: Duration = Duration::from_secs(1);

/// The followers of one table.
pub(crate) struct Followers {
    alarm: Arc<Alarm>,
    commits: Arc<Signal>,
    channel: String,
    database: Arc<Database>,
    tasks: Mutex<Tasks>,
}

#[derive(Default)]
struct Tasks {
    teller: Option<JoinHandle<()>>,
    listener: Option<JoinHandle<()>>,
    closed: bool,
}

impl Followers {
    pub(crate) fn new(database: Arc<Database>, channel: String) -> Self {
        Self {
            alarm: Arc::default(),
            commits: Arc::default(),
            channel,
            database,
            tasks: Mutex::default(),
        }
    }

    /// Tells all of a commit; those of other processes behind the writer's back, and a few commits at once, for each
    /// notification takes a lock of the whole server.
    pub(crate) fn committed(&self) {
        self.alarm.ring();
        let Notify::Every(pause) = self.database.notify() else {
            return;
        };
        self.commits.notify_one();
        let mut tasks = self.tasks();
        if tasks.teller.is_none() && !tasks.closed {
            let (commits, channel) = (self.commits.clone(), self.channel.clone());
            let telling = tell(self.database.clone(), commits, channel, pause);
            tasks.teller = Some(tokio::spawn(telling));
        }
    }

    /// Listens from the first time on that somebody asks.
    pub(crate) fn wake_up(&self) -> WakeUp {
        let mut tasks = self.tasks();
        if let Some((config, connector)) = self.database.server()
            && self.database.notify() != Notify::Off
            && tasks.listener.is_none()
            && !tasks.closed
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let listening = listen(config, connector, self.channel.clone(), self.alarm.clone());
            tasks.listener = Some(runtime.spawn(listening));
        }
        drop(tasks);
        self.alarm.wake_up()
    }

    /// Tells and listens no more.
    pub(crate) fn close(&self) {
        let mut tasks = self.tasks();
        tasks.closed = true;
        let tasks = [tasks.teller.take(), tasks.listener.take()];
        for task in tasks.into_iter().flatten() {
            task.abort();
        }
    }

    /// A panic elsewhere leaves the handles whole: they are set by single statements.
    fn tasks(&self) -> std::sync::MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Followers {
    fn drop(&mut self) {
        self.close();
    }
}

async fn tell(database: Arc<Database>, commits: Arc<Signal>, channel: String, pause: Duration) {
    loop {
        commits.notified().await;
        let told = async {
            let client = database.client("notify").await?;
            let sql = "SELECT pg_notify($1, '')";
            match client.execute(sql, &[&channel]).await {
                Ok(_) => Ok(()),
                Err(error) => {
                    if is_lost(&error) {
                        database.forget(client);
                    }
                    Err(record_error("notify", error))
                }
            }
        };
        if let Err(error) = told.await {
            tracing::warn!(%error, "followers in other processes are not told of a commit");
        }
        sleep(pause).await;
    }
}

async fn listen(config: Config, connector: Connector, channel: String, alarm: Arc<Alarm>) {
    loop {
        if let Err(error) = listen_once(&config, &connector, &channel, &alarm).await {
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
    alarm: &Arc<Alarm>,
) -> Result<(), Error> {
    let heard = alarm.clone();
    let on_message = Box::new(move |message| {
        if matches!(message, AsyncMessage::Notification(_)) {
            heard.ring();
        }
    });
    let (client, connection) = connector.connect(config, on_message).await?;
    client
        .batch_execute(&format!("LISTEN {}", quote(channel)))
        .await?;
    // What came while nobody listened.
    alarm.ring();
    // It goes, and the connection with it, when this future is dropped.
    let _ended = AbortOnDrop(connection).wait().await;
    drop(client);
    Ok(())
}

struct AbortOnDrop(JoinHandle<()>);

impl AbortOnDrop {
    async fn wait(&mut self) -> Result<(), tokio::task::JoinError> {
        (&mut self.0).await
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
