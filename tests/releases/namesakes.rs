//! Tests of two types with one name and therefore one topic.

use es::{Aggregate, Application, Error, aggregate};

#[aggregate]
pub struct Twin {}

mod other {
    #[es::aggregate]
    pub struct Twin {}
}

#[tokio::test]
async fn two_types_with_one_topic_are_refused_when_an_application_opens() {
    let error = Application::builder().open().await.unwrap_err();
    assert!(
        matches!(&error, Error::AmbiguousTopic { first, second, .. } if first != second),
        "{error}"
    );
}

#[tokio::test]
async fn permitted_types_with_one_topic_are_an_error_only_if_the_topic_selects_the_type() {
    let builder = Application::builder().allow_shared_topics();
    let app = builder.open().await.unwrap();
    let mut twin = Twin::create().unwrap();
    app.save(&mut twin).await.unwrap();
    assert!(app.get::<Twin>(twin.id()).await.is_ok());
    let error = app.get_any(twin.id()).await.unwrap_err();
    assert!(matches!(error, Error::AmbiguousTopic { .. }), "{error}");
}
