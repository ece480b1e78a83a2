//! Cases of the logs that a projection follows: encrypted logs, logs of other services, and logs
//! that are shorter than the position.

use std::sync::Arc;

use es::error::ProjectionError;
use es::notification_log::NotificationMapper;
use es::projections::Runner;
use es::{Application, Error, EventHeader, RecordId};

use super::domain::deposit;
use super::store::{Fixture, Store, faultless, until};

pub(crate) async fn encrypted<S: Store>() {
    let folder = tempfile::tempdir().expect("a directory");
    let uri = format!("sqlite:///{}/secret.db", folder.path().display());
    let key = es::cipher::encode_random_bytes(32).expect("a key");
    let app = Application::builder().uri(uri).cipher_key(key).open().await;
    let fixture = Fixture::<S>::open(app.expect("the application opens"), folder).await;
    deposit(&fixture.app, 3, 5).await;
    let running = fixture.start(faultless()).await;
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    running.stop().await.expect("the runner stops");
}

/// The error of a handler may quote the event, so it is encrypted like the event.
pub(crate) async fn encrypted_errors<S: Store>() {
    let folder = tempfile::tempdir().expect("a directory");
    let uri = format!("sqlite:///{}/secret.db", folder.path().display());
    let key = es::cipher::encode_random_bytes(32).expect("a key");
    let app = Application::builder().uri(uri).cipher_key(key).open().await;
    let fixture = Fixture::<S>::open(app.expect("the application opens"), folder).await;
    deposit(&fixture.app, 1, 2).await;
    let quoting = |_: &EventHeader, at: RecordId| Err(format!("no such sum: {at} euros").into());
    let running = fixture.start(Arc::new(quoting)).await;
    fixture.settle(&running).await;
    let stored = running.projections().dead_letters("balances", 10).await;
    let stored = stored.expect("read");
    assert_eq!(stored.len(), 2);
    assert!(!stored[0].error.contains("euros"), "{}", stored[0].error);
    assert_eq!(stored[1].error, "", "it was not tried");
    let expected = "no such sum: 3 euros";
    assert_eq!(
        running.dead_letters(1).await.expect("read")[0].error,
        expected
    );
    let mapper = NotificationMapper::from(fixture.app.event_store());
    let readable = mapper
        .decrypt_letter(stored[0].clone())
        .expect("the key is here");
    assert_eq!(readable.error, expected);
    // A retry writes the letter again.
    let id = stored[0].aggregate_id;
    running.retry(id).await.expect("the request is stored");
    until(|| async { running.dead_letters(1).await.expect("read")[0].attempts == 4 }).await;
    let stored = running.projections().dead_letters("balances", 10).await;
    assert!(!stored.expect("read")[0].error.contains("euros"));
    running.stop().await.expect("the runner stops");
}

/// The position of the read model is a record id that the log does not have.
pub(crate) async fn beyond<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 3, 5).await;
    let running = fixture.start(faultless()).await;
    fixture.settle(&running).await;
    running.stop().await.expect("the runner stops");
    let before = fixture.balances().await;
    let folder = tempfile::tempdir().expect("a directory");
    let other = S::application(folder.path()).await;
    deposit(&other, 1, 2).await;
    let runner = Runner::new(S::projection(faultless()), fixture.model.clone(), &other);
    let running = runner
        .expect("a log")
        .start()
        .await
        .expect("the runner starts");
    let ended = running
        .ended()
        .await
        .expect_err("the runner cannot continue");
    let Error::Projection(ProjectionError::BeyondLog { position, head, .. }) = &ended else {
        panic!("{ended}");
    };
    assert_eq!((position.get(), head.get()), (33, 5));
    assert!(ended.to_string().contains("or is another one"), "{ended}");
    assert_eq!(fixture.balances().await, before);
}

/// The projection follows the log of another service.
pub(crate) async fn remote<S: Store>() {
    use es::http::{LogRouter, RemoteNotificationLog, Server};

    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 3, 15).await;
    let log = fixture.app.notification_log().expect("a log");
    let server = Server::new(LogRouter::new(log).into_router());
    let server = server
        .start()
        .await
        .expect("the server accepts the connection");
    let remote = RemoteNotificationLog::builder(server.url()).build();
    let mapper = NotificationMapper::from(fixture.app.event_store());
    let runner = Runner::following(
        S::projection(faultless()),
        fixture.model.clone(),
        remote.expect("a remote log"),
        mapper,
    );
    let running = runner.start().await.expect("the runner starts");
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    // It also follows new events.
    deposit(&fixture.app, 2, 2).await;
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    running.stop().await.expect("the runner stops");
}
