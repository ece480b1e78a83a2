//! The logs that a projection follows: encrypted ones, those of other services, and those that are not what they were.

use es::projection::{ProjectionError, Runner};
use es::{Application, Error};

use super::domain::deposit;
use super::store::{Fixture, Store, faultless};

pub(crate) async fn encrypted<S: Store>() {
    let place = tempfile::tempdir().expect("a directory");
    let uri = format!("sqlite:///{}/secret.db", place.path().display());
    let key = es::encode_random_bytes(32).expect("a key");
    let app = Application::builder().uri(uri).cipher_key(key).open().await;
    let fixture = Fixture::<S>::of(app.expect("it opens"), place).await;
    deposit(&fixture.app, 3, 5).await;
    let running = fixture.start(faultless()).await;
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    running.stop().await.expect("it stops");
}

/// The read model is at a record that another log does not have.
pub(crate) async fn beyond<S: Store>() {
    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 3, 5).await;
    let running = fixture.start(faultless()).await;
    fixture.settle(&running).await;
    running.stop().await.expect("it stops");
    let before = fixture.balances().await;
    let place = tempfile::tempdir().expect("a directory");
    let other = super::domain::application(place.path()).await;
    deposit(&other, 1, 2).await;
    let runner = Runner::new(S::projection(faultless()), fixture.model.clone(), &other);
    let running = runner.expect("a log").start().await.expect("it starts");
    let ended = running.ended().await.expect_err("it cannot go on");
    let Error::Projection(ProjectionError::BeyondLog { position, head, .. }) = &ended else {
        panic!("{ended}");
    };
    assert_eq!((position.get(), head.get()), (33, 5));
    assert!(ended.to_string().contains("or is another one"), "{ended}");
    assert_eq!(fixture.balances().await, before);
}

/// What the projection of another service is fed with.
#[cfg(feature = "http")]
pub(crate) async fn remote<S: Store>() {
    use es::http::{LogRouter, RemoteNotificationLog, Server};
    use es::notification_log::NotificationMapper;

    let fixture = Fixture::<S>::new().await;
    deposit(&fixture.app, 3, 15).await;
    let log = fixture.app.notification_log().expect("a log");
    let server = Server::new(LogRouter::new(log).into_router());
    let server = server.start().await.expect("a server");
    let remote = RemoteNotificationLog::builder(server.url()).build();
    let mapper = NotificationMapper::from(fixture.app.event_store());
    let runner = Runner::following(
        S::projection(faultless()),
        fixture.model.clone(),
        remote.expect("a remote log"),
        mapper,
    );
    let running = runner.start().await.expect("it starts");
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    // And what comes while it waits.
    deposit(&fixture.app, 2, 2).await;
    fixture.settle(&running).await;
    fixture.expect_fold().await;
    running.stop().await.expect("it stops");
}
