//! es and sqlx in one program, on one file.

use es::{Aggregate, Application};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

#[es::aggregate]
pub struct Nothing {}

#[tokio::test]
async fn sqlx_reads_events_of_es() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let app = Application::builder().uri(format!("sqlite:///{}", path.display())).open().await.unwrap();
    let mut nothing = Nothing::create().unwrap();
    app.save(&mut nothing).await.unwrap();

    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&path)).await.unwrap();
    let row: (i64, Vec<u8>, String) =
        sqlx::query_as("SELECT id, originator_id, event_type FROM stored_events").fetch_one(&pool).await.unwrap();
    assert_eq!(row, (1, nothing.id().as_bytes().to_vec(), "Nothing.Created".to_owned()));
}

#[test]
fn the_features_of_serde_json_are_on() {
    let reordered: serde_json::Value = serde_json::from_str(r#"{"b":1,"a":123456789012345678901234567890}"#).unwrap();
    assert_eq!(reordered.to_string(), r#"{"b":1,"a":123456789012345678901234567890}"#);
}
