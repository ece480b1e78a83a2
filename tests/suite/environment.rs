//! Tests of environment variables. A process reads them once, so each case runs in a process of its
//! own.

#![allow(clippy::print_stdout)]

use std::ffi::OsStr;
use std::fmt::Debug;
use std::path::Path;
use std::process::Command;

use es::{Aggregate, Application};
use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::world::World;

/// Runs one of the child tests below in an environment and returns its output.
fn child(name: &str, environment: &[(&str, &str)]) -> String {
    let environment = environment
        .iter()
        .map(|(name, value)| (*name, OsStr::new(value)));
    child_with(name, environment)
}

/// Does the same with values that may not be Unicode.
fn child_with<'v>(name: &str, environment: impl Iterator<Item = (&'v str, &'v OsStr)>) -> String {
    let name = format!("environment::{name}");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        name.as_str(),
        "--exact",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    for variable in [
        "DB_URI",
        "CIPHER_KEY",
        "SALT_FOR_DATA_INTEGRITY",
        "GENESIS_HASH",
    ] {
        command.env_remove(variable);
    }
    let output = command.envs(environment).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    printed
}

/// Returns the text after `name=` in the output.
fn printed<'t>(output: &'t str, name: &str) -> &'t str {
    output
        .split_once(name)
        .and_then(|(_, rest)| rest.strip_prefix('=')?.lines().next())
        .unwrap()
}

/// A subscriber that prints warnings.
struct Warnings;

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut |field: &Field, value: &dyn Debug| {
            println!("\nwarned={field} {value:?}");
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
#[ignore = "a child of the tests below"]
fn saves_a_world() {
    tracing::subscriber::set_global_default(Warnings).unwrap();
    let run = async {
        let app = Application::from_env().await.unwrap();
        let mut world = World::create("gods").unwrap();
        world.make_it_so("dinosaurs").unwrap();
        app.save(&mut world).await.unwrap();
        let found: World = app.get(world.id()).await.unwrap();
        println!("\nid={}\nhead={}", found.id(), found.head());
        println!("text={}", app.items(world.id()).await.unwrap()[0].data);
    };
    tokio::runtime::Runtime::new().unwrap().block_on(run);
}

fn uri(folder: &Path) -> String {
    format!("sqlite:///{}", folder.join("events.db").display())
}

#[tokio::test]
async fn the_uri_the_key_and_the_salt_come_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let (uri, key) = (
        uri(folder.path()),
        es::cipher::encode_random_bytes(32).unwrap(),
    );
    let environment = [
        ("DB_URI", &*uri),
        ("CIPHER_KEY", &key),
        ("SALT_FOR_DATA_INTEGRITY", "sea"),
    ];
    let output = child("saves_a_world", &environment);
    assert!(!printed(&output, "text").starts_with('{'), "{output}");
    assert!(!output.contains("warned="), "{output}");

    let app = Application::builder()
        .uri(uri)
        .cipher_key(key)
        .salt("sea")
        .open()
        .await
        .unwrap();
    let world: World = app
        .get(printed(&output, "id").parse().unwrap())
        .await
        .unwrap();
    assert_eq!(world.head().to_string(), printed(&output, "head"));
}

#[test]
#[ignore = "a child of the test below"]
fn opens_with_its_own_uri() {
    // A run without the test below opens files of its own.
    let folder = tempfile::tempdir().unwrap();
    let own = std::env::var("OWN");
    let own = own.unwrap_or_else(|_| format!("{}/", folder.path().display()));
    let open = async {
        for (from_env_first, file) in [(true, "one.db"), (false, "two.db")] {
            let uri = format!("sqlite:///{own}{file}");
            let builder = Application::builder();
            let builder = if from_env_first {
                builder.from_env().uri(uri)
            } else {
                builder.uri(uri).from_env()
            };
            let app = builder.open().await.unwrap();
            app.save(&mut World::create("gods").unwrap()).await.unwrap();
        }
    };
    tokio::runtime::Runtime::new().unwrap().block_on(open);
}

#[test]
fn settings_of_the_builder_win_over_the_environment_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let own = format!("{}/", folder.path().display());
    let uri = uri(folder.path());
    child("opens_with_its_own_uri", &[("DB_URI", &uri), ("OWN", &own)]);
    for (file, exists) in [("one.db", true), ("two.db", true), ("events.db", false)] {
        assert_eq!(folder.path().join(file).exists(), exists, "{file}");
    }
}

#[test]
fn without_an_environment_it_is_an_unencrypted_database_in_memory() {
    let output = child("saves_a_world", &[("CIPHER_KEY", "")]);
    assert!(
        printed(&output, "text").contains(r#""__previous_hash__":"""#),
        "{output}"
    );
    assert!(
        printed(&output, "warned").contains("`DB_URI` is not set"),
        "{output}"
    );
}

#[test]
fn the_first_event_follows_the_genesis_hash() {
    let output = child("saves_a_world", &[("GENESIS_HASH", "in the \"beginning\"")]);
    assert!(
        printed(&output, "text").contains(r#""__previous_hash__":"in the \"beginning\"""#),
        "{output}"
    );
}

#[test]
#[ignore = "a child of the test below"]
fn prints_why_opening_fails() {
    let run = async {
        let opened = Application::from_env().await;
        let opened = opened.map_or_else(|error| error.to_string(), |_| "yes".to_owned());
        println!("\nopened={opened}");
    };
    tokio::runtime::Runtime::new().unwrap().block_on(run);
    let created = World::create("gods").map(|world| world.head().to_string());
    println!(
        "created={}",
        created.unwrap_or_else(|error| error.to_string())
    );
}

#[cfg(unix)]
#[test]
fn a_secret_that_is_not_unicode_is_refused() {
    use std::os::unix::ffi::OsStrExt;

    let secret = OsStr::from_bytes(b"s\xffcret");
    for variable in [
        "DB_URI",
        "CIPHER_KEY",
        "SALT_FOR_DATA_INTEGRITY",
        "GENESIS_HASH",
    ] {
        let output = child_with("prints_why_opening_fails", [(variable, secret)].into_iter());
        let refused = format!(
            "the setting `{variable}` cannot be used: the value of this environment variable is \
             not Unicode"
        );
        assert_eq!(printed(&output, "opened"), refused);
        assert!(!output.contains("cret"), "{output}");
        if ["SALT_FOR_DATA_INTEGRITY", "GENESIS_HASH"].contains(&variable) {
            assert_eq!(printed(&output, "created"), refused);
        }
    }
}
