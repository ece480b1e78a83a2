//! A case of Python and this library on one array and one counter.

use std::process::{Command, Stdio};
use std::time::Duration;

use es::structures::Reference;

use super::system::{ARRAY_SIZE, System};
use crate::python;

const ITEMS: u64 = 100;

/// The pause after each of our items.
const PAUSE: Duration = Duration::from_millis(20);

pub async fn python5_writes_and_reads_the_same_array_with_numbers_of_the_same_counter(
    system: System,
) -> System {
    let client = system.client().await;
    let writer = Command::new(python::interpreter())
        .env("TZ", "UTC")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .arg(python::script("redis_positions.py"))
        .args([&system.server, &system.keyspace, &system.root.to_string()])
        .args([&system.redis.host, &system.redis.port.to_string()])
        .args([
            client.numbers.key(),
            &ARRAY_SIZE.to_string(),
            &ITEMS.to_string(),
        ])
        .spawn()
        .unwrap();
    let writer = tokio::task::spawn_blocking(|| writer.wait_with_output());
    let reference = |position: u64| {
        let position = i64::try_from(position).unwrap();
        let sequence_id = system.root;
        Some(Reference {
            position,
            sequence_id,
        })
    };
    let mut ours = Vec::new();
    // Appends while Python writes, and at least as many items.
    while !writer.is_finished() || (ours.len() as u64) < ITEMS {
        let item = reference(ours.len() as u64);
        let position = client.array.assign_next(&client.numbers, item).await;
        ours.push(position.unwrap());
        // Conditional writes of one partition race. Without pauses the faster writer starves the
        // other until the node gives up.
        tokio::time::sleep(PAUSE).await;
    }
    let output = writer.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let theirs: Vec<u64> = said.lines().map(|line| line.parse().unwrap()).collect();

    let all = ours.len() as u64 + ITEMS;
    let items = client.array.items(..).await.unwrap();
    assert_eq!(items.len() as u64, all);
    for (index, position) in theirs.iter().chain(&ours).enumerate() {
        let index = (index as u64).checked_sub(ITEMS).unwrap_or(index as u64);
        let item = items[usize::try_from(*position).unwrap()];
        assert_eq!(item, Some(reference(index)), "at {position}");
    }

    // A lost number is settled with a tombstone, which Python reads as `None`.
    let lost = client.numbers.next().await.unwrap();
    client
        .array
        .assign_next(&client.numbers, reference(0))
        .await
        .unwrap();
    let timeout = Duration::ZERO;
    let mut settler = es::structures::Settler::new(client.array.clone(), timeout);
    assert_eq!(settler.settle().await.unwrap().tombstones, 1);
    assert_eq!(client.array.get(lost).await.unwrap(), Some(None));
    let big_array = format!("{}:{ARRAY_SIZE}", system.root);
    let said = python::run(
        &python::script("check_python.py"),
        [
            "--cassandra",
            &system.server,
            "--keyspace",
            &system.keyspace,
            "--big-array",
            &big_array,
        ],
    );
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let array = &report["big_arrays"][0];
    assert_eq!(array["next_position"], all + 2, "{array}");
    assert_eq!(array["items"], all + 1, "{array}");
    assert_eq!(array["tombstones"], 1, "{array}");
    system
}
