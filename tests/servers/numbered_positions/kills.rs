//! A case of writers that are killed.

use std::time::Duration;

use es::Retry;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::follower::{Seen, follow};
use super::system::{Client, System};
use super::writer::{End, Numbers, Writer};

const WRITERS: usize = 8;
const EVENTS: u64 = 60;

/// The ends of the successive writers of an aggregate; each writer has 15 numbers.
const ENDS: [End; 4] = [End::WithNumber, End::Anywhere, End::WithNumber, End::Never];

pub async fn killed_writers_lose_numbers_but_no_event(system: System) -> System {
    let clients = [system.client().await, system.client().await];
    let settlers = clients.clone().map(|client| tokio::spawn(client.settle()));
    let reader = system.client().await;
    let follower = follow(&reader, WRITERS as u64 * EVENTS);
    let mut writers = JoinSet::new();
    for index in 0..WRITERS {
        writers.spawn(write_and_be_killed(clients[index % 2].clone()));
    }
    let lost: u64 = writers.join_all().await.into_iter().sum();
    let seen = follower.await.expect("no panic");
    check(&system, &reader, &seen, lost).await;
    for settler in settlers {
        settler.abort();
    }
    system
}

/// Returns the number of numbers that are certainly lost.
async fn write_and_be_killed(client: Client) -> u64 {
    let id = Uuid::new_v4();
    let mut lost = 0;
    for end in ENDS {
        let numbers = Numbers::ending(client.numbers.clone(), 15, end);
        let writer = Writer {
            client: client.clone(),
            numbers: numbers.clone(),
            id,
            events: EVENTS,
        };
        let task = tokio::spawn(writer.run());
        if end == End::Never {
            task.await.expect("no panic");
            continue;
        }
        numbers.reached().await;
        if end == End::WithNumber {
            lost += 1;
        } else {
            // The writer may be anywhere, for example with an item on its way.
            let a_moment = Retry::default().jitter(1.0).next_wait();
            tokio::time::sleep(a_moment).await;
        }
        task.abort();
        let killed = task.await;
        assert!(
            killed.is_err_and(|error| error.is_cancelled()),
            "it was not done"
        );
    }
    lost
}

/// Checks that each event is there once, that no position is open, and that each number is an event
/// or a tombstone.
async fn check(system: &System, reader: &Client, seen: &Seen, lost: u64) {
    assert_eq!(seen.events.len(), WRITERS);
    assert!(seen.events.values().all(|count| *count == EVENTS));
    assert!(
        lost > 0 && seen.tombstones >= lost,
        "{lost} {}",
        seen.tombstones
    );

    // The last numbers may be lost too; one more number turns them into holes.
    let end = system.numbers().next().await.unwrap();
    reader.array.assign(end, None).await.unwrap();
    let mut settler = es::structures::Settler::new(reader.array.clone(), Duration::ZERO);
    let settled = settler.settle().await.unwrap();
    assert_eq!(settled.settled_below, end + 1);
    let items = reader.array.items(..=end).await.unwrap();
    assert!(items.iter().all(Option::is_some), "no hole is left");
    let references = items.iter().flatten().flatten().count() as u64;
    assert_eq!(references, WRITERS as u64 * EVENTS);
    let tombstones = items.iter().filter(|item| **item == Some(None)).count() as u64;
    assert_eq!(
        references + tombstones,
        end + 1,
        "as many as there were numbers"
    );
    print_figures(end + 1, tombstones, lost);
}

#[allow(clippy::print_stdout, reason = "readers use --nocapture")]
fn print_figures(numbers: u64, tombstones: u64, lost: u64) {
    println!("{numbers} numbers, {tombstones} tombstones, {lost} of them certainly lost");
}
