//! Tests of notification logs over HTTP between this library and Python `eventsourcing` 5.0.0, in
//! both directions.
//!
//! `ES_PYTHON5` names a Python with the library; `scripts/python5/setup.sh` creates one.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use es::http::{LogRouter, RemoteNotificationLog, Server};
use es::notification_log::{Notification, NotificationMapper, NotificationReader, SectionSize};
use es::{Aggregate, Application};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::python;
use crate::world::World;

const SOON: Duration = Duration::from_secs(60);

/// A running Python script; it ends with the test.
struct Python {
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Python {
    fn run(arguments: &[&str]) -> Self {
        let mut child = Command::new(python::interpreter())
            .arg(python::script("notification_log.py"))
            .args(arguments)
            .env("TZ", "UTC")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            lines,
            _child: child,
        }
    }

    async fn line(&mut self) -> String {
        let line = timeout(SOON, self.lines.next_line()).await;
        line.expect("a line in time").unwrap().expect("a line")
    }
}

/// A notification as Python prints it.
#[derive(Deserialize)]
struct Seen {
    data: String,
    id: u64,
    topic: String,
}

async fn open(directory: &tempfile::TempDir) -> (PathBuf, Application) {
    let path = directory.path().join("events.db");
    let uri = format!("sqlite:///{}", path.display());
    (path, Application::builder().uri(uri).open().await.unwrap())
}

async fn save(app: &Application, things: usize) -> World {
    let mut world = World::create("göds").unwrap();
    for thing in 0..things {
        world
            .make_it_so(format!("thing \"{thing}\" \u{1f600}"))
            .unwrap();
    }
    app.save(&mut world).await.unwrap();
    world
}

async fn all(app: &Application) -> Vec<Notification> {
    let mut reader = NotificationReader::new(app.notification_log().unwrap());
    reader.read().await.unwrap()
}

#[tokio::test]
#[ignore = "needs a Python with eventsourcing 5.0.0: scripts/python5/setup.sh, ES_PYTHON5"]
async fn python_follows_our_log() {
    let directory = tempfile::tempdir().unwrap();
    let (_, app) = open(&directory).await;
    let log = LogRouter::new(app.notification_log().unwrap()).into_router();
    let router = axum::Router::new().nest("/notifications", log);
    let server = Server::new(router).start().await.unwrap();
    // At 40 events the last section is full, and it is the current one.
    save(&app, 39).await;
    let url = format!("{}/notifications/", server.url());
    let mut python = Python::run(&["follow", &url, "67"]);
    for number in 1..=67 {
        if number == 41 {
            save(&app, 26).await;
        }
        let seen: Seen = es::json::from_str(&python.line().await).unwrap();
        let expected = &all(&app).await[number - 1];
        assert_eq!(seen.id, expected.record_id.get());
        assert_eq!(seen.topic, expected.topic.as_str());
        assert_eq!(seen.data, *expected.data);
    }
    server.stop().await;
}

#[tokio::test]
#[ignore = "needs a Python with eventsourcing 5.0.0: scripts/python5/setup.sh, ES_PYTHON5"]
async fn we_follow_pythons_log() {
    for section_size in [5, 20] {
        let directory = tempfile::tempdir().unwrap();
        let (path, app) = open(&directory).await;
        let world = save(&app, 39).await;
        let path = path.display().to_string();
        let mut python = Python::run(&["serve", &path, &section_size.to_string()]);
        let remote = RemoteNotificationLog::builder(python.line().await)
            .poll_every(Duration::from_millis(20))
            .build()
            .unwrap();
        let mut reader = NotificationReader::new(remote.clone());
        assert_eq!(reader.read().await.unwrap(), all(&app).await);
        let mapper = NotificationMapper::from(app.event_store());
        reader.seek(39);
        let last = reader.next().await.unwrap().unwrap();
        assert_eq!(
            mapper.event::<World>(&last).unwrap().event_hash(),
            world.head()
        );

        let mut following = reader.follow();
        save(&app, 4).await;
        for number in 41..=45 {
            let next = timeout(SOON, following.next()).await.unwrap();
            assert_eq!(next.unwrap().unwrap().record_id.get(), number);
        }
        let size = SectionSize::new(section_size).ok();
        let mut reader = NotificationReader::new(remote).section_size(size);
        assert_eq!(
            reader
                .slice(7..31)
                .next()
                .await
                .unwrap()
                .unwrap()
                .record_id
                .get(),
            8
        );
        assert_eq!(reader.read().await.unwrap().len(), 37);
    }
}
