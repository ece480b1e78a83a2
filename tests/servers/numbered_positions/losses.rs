//! Cases of a Redis that loses its memory, and of a Redis that is down.

use std::time::Duration;

use es::{Aggregate as _, Error};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::domain::Counter;
use super::follower::follow;
use super::own_server::OwnServer;
use super::system::System;
use super::writer::{Numbers, Writer};

const WRITERS: usize = 8;
const EVENTS: u64 = 60;

pub async fn a_redis_that_loses_its_state_repeatedly_loses_no_event(mut system: System) -> System {
    let mut redis = OwnServer::start();
    let shared = std::mem::replace(&mut system.redis, redis.options());
    let clients = [system.client().await, system.client().await];
    let settler = tokio::spawn(system.client().await.settle());
    let reader = system.client().await;
    let follower = follow(&reader, WRITERS as u64 * EVENTS);
    let mut writers = JoinSet::new();
    for index in 0..WRITERS {
        let client = clients[index % 2].clone();
        let numbers = Numbers::new(client.numbers.clone());
        let writer = Writer {
            client,
            numbers,
            id: Uuid::new_v4(),
            events: EVENTS,
        };
        writers.spawn(writer.run());
    }
    let mut losses = 0;
    let mut interval = tokio::time::interval(Duration::from_millis(5));
    loop {
        tokio::select! {
            done = writers.join_next() => match done {
                Some(done) => done.expect("no panic"),
                None => break,
            },
            _ = interval.tick(), if losses < 5 => {
                if reader.array.next_position().await.unwrap() > 60 * (losses + 1) {
                    redis.kill();
                    redis.start_process();
                    losses += 1;
                }
            }
        }
    }
    let seen = follower.await.expect("no panic");
    assert!(losses >= 2, "{losses}");
    assert_eq!(seen.events.len(), WRITERS);
    assert!(seen.events.values().all(|count| *count == EVENTS));
    settler.abort();
    system.redis = shared;
    system
}

pub async fn without_redis_events_are_stored_and_positioned_later(mut system: System) -> System {
    let mut redis = OwnServer::start();
    let shared = std::mem::replace(&mut system.redis, redis.options());
    let client = system.client().await;
    let mut counter = Counter::create(0).unwrap();
    client.app.save(&mut counter).await.unwrap();
    let numbers = Numbers::new(client.numbers.clone());
    redis.kill();
    let writer = Writer {
        client: client.clone(),
        numbers: numbers.clone(),
        id: counter.id(),
        events: 3,
    };
    let refused = client.array.assign_next(&*numbers, None).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert_eq!(client.array.next_position().await.unwrap(), 0);
    let stored: Counter = client.app.get(counter.id()).await.unwrap();
    assert_eq!(stored.head(), counter.head());

    redis.start_process();
    let settler = tokio::spawn(client.clone().settle());
    let follower = follow(&client, 3);
    writer.run().await;
    let seen = follower.await.expect("no panic");
    assert_eq!(seen.events[&counter.id()], 3);
    settler.abort();
    system.redis = shared;
    system
}
