//! What the environment decides. Its variables are read once a process, so each case is a process of its own.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

use std::path::Path;
use std::process::Command;

use es::{Aggregate, Application};
use world::World;

#[path = "../examples/quickstart/world.rs"]
mod world;

/// Runs one of the children below with an environment; answers with what it printed.
fn child(name: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        name,
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
    let output = command.envs(environment.iter().copied()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    printed
}

/// What stands behind `name=` in the output.
fn printed<'t>(output: &'t str, name: &str) -> &'t str {
    output
        .split_once(name)
        .and_then(|(_, rest)| rest.strip_prefix('=')?.lines().next())
        .unwrap()
}

#[test]
#[ignore = "a child of the tests below"]
fn saves_a_world() {
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
    let (uri, key) = (uri(folder.path()), es::encode_random_bytes(32).unwrap());
    let environment = [
        ("DB_URI", &*uri),
        ("CIPHER_KEY", &key),
        ("SALT_FOR_DATA_INTEGRITY", "sea"),
    ];
    let output = child("saves_a_world", &environment);
    assert!(!printed(&output, "text").starts_with('{'), "{output}");

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
fn without_an_environment_it_is_a_database_in_memory_in_clear() {
    let output = child("saves_a_world", &[("CIPHER_KEY", "")]);
    assert!(
        printed(&output, "text").contains(r#""__previous_hash__":"""#),
        "{output}"
    );
}

#[test]
fn the_genesis_hash_stands_before_the_first_event() {
    let output = child("saves_a_world", &[("GENESIS_HASH", "in the \"beginning\"")]);
    assert!(
        printed(&output, "text").contains(r#""__previous_hash__":"in the \"beginning\"""#),
        "{output}"
    );
}
