//! Tests of bad input: wrong keys and salts, damaged rows, files that are no databases. Each is an
//! error that names the cause, and no data is lost.

use es::error::{Damage, IntegrityError};
use es::{Aggregate, Application, Error, Mutate, aggregate, event};
use rusqlite::{Connection, params};

use crate::store::{Store, damage, saved};
use crate::world::World;

#[tokio::test]
async fn the_wrong_key_and_no_key_are_integrity_errors() {
    let store = Store::new();
    let key = es::cipher::encode_random_bytes(32).unwrap();
    let world = saved(&store.builder().cipher_key(&key).open().await.unwrap()).await;
    let wrong = store
        .builder()
        .cipher_key(es::cipher::encode_random_bytes(32).unwrap())
        .open()
        .await
        .unwrap();
    let (found, position) = damage(wrong.get(world.id()).await);
    assert!(matches!(found, Damage::Cipher(_)), "{found}");
    assert_eq!(position, 0.into());
    let (found, _) = damage(store.open().await.get(world.id()).await);
    assert!(matches!(found, Damage::Encryption(_)), "{found}");
    assert!(
        store
            .builder()
            .cipher_key(&key)
            .open()
            .await
            .unwrap()
            .get::<World>(world.id())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_plain_row_in_an_encrypted_store_is_not_trusted() {
    let store = Store::new();
    let world = saved(&store.open().await).await;
    let app = store
        .builder()
        .cipher_key(es::cipher::encode_random_bytes(16).unwrap())
        .open()
        .await
        .unwrap();
    assert!(matches!(
        damage(app.get(world.id()).await).0,
        Damage::Encryption(_)
    ));
}

#[tokio::test]
async fn a_key_of_a_wrong_length_is_refused_with_the_valid_lengths() {
    let store = Store::new();
    let error = store
        .builder()
        .cipher_key(es::cipher::encode_random_bytes(20).unwrap())
        .open()
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(
            error,
            Error::InvalidSetting {
                setting: "cipher_key",
                ..
            }
        ),
        "{text}"
    );
    assert!(
        ["16", "24", "32"]
            .iter()
            .all(|length| text.contains(length)),
        "{text}"
    );
}

#[tokio::test]
async fn another_salt_does_not_verify_and_does_not_append() {
    let store = Store::new();
    let salted = store.builder().salt("sea").open().await.unwrap();
    let world = saved(&salted).await;
    let other = store.builder().salt("rock").open().await.unwrap();
    assert!(
        matches!(damage(other.get(world.id()).await), (Damage::EventHash, position) if position == 0.into())
    );

    let mut loaded: World = salted.get(world.id()).await.unwrap();
    loaded.make_it_so("internet").unwrap();
    let error = other.save(&mut loaded).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Integrity(IntegrityError {
                damage: Damage::Salt,
                ..
            })
        ),
        "{error}"
    );
    assert_eq!(loaded.pending_events().len(), 1);
    salted.save(&mut loaded).await.unwrap();
}

#[tokio::test]
async fn a_new_aggregate_is_sealed_with_the_salt_of_the_application_that_saves_it() {
    let store = Store::new();
    let app = store.builder().salt("sea \u{e9}").open().await.unwrap();
    let world = saved(&app).await;
    assert_eq!(
        world.head(),
        app.get::<World>(world.id()).await.unwrap().head()
    );
    assert_eq!(
        app.event_store().verify(world.id()).await.unwrap().chained,
        3
    );
}

#[tokio::test]
async fn a_damaged_row_is_named_and_the_rest_stays_readable() {
    let store = Store::new();
    let app = store.open().await;
    let (world, other) = (saved(&app).await, saved(&app).await);
    let change =
        "UPDATE stored_events SET state = replace(state, 'dinosaurs', 'mammals') WHERE id = 2";
    store.edit(change, []);
    let error = app.get::<World>(world.id()).await.err().unwrap();
    let text = error.to_string();
    assert!(
        text.contains(&world.id().to_string()) && text.contains("position 1"),
        "{text}"
    );
    assert!(matches!(
        error,
        Error::Integrity(IntegrityError {
            damage: Damage::EventHash,
            ..
        })
    ));
    assert!(app.get_at::<World>(world.id(), 0).await.is_ok());
    assert!(app.get::<World>(other.id()).await.is_ok());
}

#[tokio::test]
async fn a_row_moved_to_another_position_is_found() {
    let store = Store::new();
    let app = store.open().await;
    let world = saved(&app).await;
    store.edit(
        "UPDATE stored_events SET originator_version = 7 WHERE id = 3",
        [],
    );
    let (found, position) = damage(app.get(world.id()).await);
    assert!(matches!(found, Damage::Position), "{found}");
    assert_eq!(position, 7.into());
}

#[tokio::test]
async fn an_unknown_topic_is_an_error_with_a_remedy() {
    let store = Store::new();
    let app = store.open().await;
    let world = saved(&app).await;
    store.edit(
        "UPDATE stored_events SET event_type = ?1 WHERE id = 3",
        params!["World.Renamed"],
    );
    let error = app.get::<World>(world.id()).await.err().unwrap();
    assert!(matches!(error, Error::UnknownTopic { .. }));
    assert!(
        error.to_string().contains("`World.Renamed`") && error.to_string().contains("was("),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_refused_and_not_changed() {
    let store = Store::new();
    let text = "this is a letter, not a database".repeat(100);
    std::fs::write(&store.path, &text).unwrap();
    let error = store.builder().open().await.unwrap_err();
    assert!(
        report(&error).contains("not an SQLite database"),
        "{}",
        report(&error)
    );
    assert_eq!(std::fs::read_to_string(&store.path).unwrap(), text);
}

#[tokio::test]
async fn a_table_with_other_columns_is_refused_and_not_changed() {
    let store = Store::new();
    Connection::open(&store.path)
        .unwrap()
        .execute("CREATE TABLE stored_events (id INTEGER)", [])
        .unwrap();
    let error = store.builder().open().await.unwrap_err();
    assert!(
        report(&error).contains("stored_events"),
        "{}",
        report(&error)
    );
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let error = Application::builder()
        .uri("sqlite:////nonexistent/folder/events.db")
        .open()
        .await
        .unwrap_err();
    assert!(
        report(&error).contains("/nonexistent/folder/events.db"),
        "{}",
        report(&error)
    );
}

#[tokio::test]
async fn errors_of_uris_name_the_known_schemes_but_not_the_password() {
    for (uri, says) in [
        ("", "begins with a scheme"),
        ("events.db", "begins with a scheme"),
        ("Sqlite:events.db", "begins with a scheme"),
        ("mongodb://me:secret@host/db", "known: "),
    ] {
        let error = Application::builder().uri(uri).open().await.unwrap_err();
        assert!(matches!(error, Error::InvalidUri { .. }), "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn events_with_reserved_keys_are_refused_before_anything_changes() {
    #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Anything(std::collections::BTreeMap<String, u8>);

    #[aggregate(topic = "bad_input#Notebook", events(Noted))]
    struct Notebook {
        notes: u32,
    }

    #[event]
    struct Noted {
        #[serde(flatten)]
        all: Anything,
    }

    impl Mutate<Notebook> for Noted {
        fn mutate(&self, notebook: &mut Notebook) {
            notebook.notes += 1;
        }
    }

    let mut notebook = Notebook::create().unwrap();
    let head = notebook.head();
    let all = Anything([("timestamp".to_owned(), 1)].into());
    let error = notebook.trigger(Noted { all }).unwrap_err();
    assert!(matches!(error, Error::InvalidEvent { .. }), "{error}");
    assert!(report(&error).contains("`timestamp`"), "{}", report(&error));
    assert_eq!(
        (
            notebook.notes,
            notebook.head(),
            notebook.pending_events().len()
        ),
        (0, head, 1)
    );
    notebook
        .trigger(Noted {
            all: Anything([("fine".to_owned(), 1)].into()),
        })
        .unwrap();
}

/// Returns the error with all its causes.
fn report(error: &dyn std::error::Error) -> String {
    let mut report = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        report = format!("{report}: {error}");
        cause = error.source();
    }
    report
}
