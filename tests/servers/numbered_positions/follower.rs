//! A follower of the log.

use std::collections::HashMap;
use std::time::Duration;

use es::notification_log::NotificationReader;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use super::system::Client;

/// The events that a follower saw.
#[derive(Default)]
pub struct Seen {
    /// The number of events of each aggregate.
    pub events: HashMap<Uuid, u64>,
    pub tombstones: u64,
}

/// Follows the log until it has seen this number of events, each once and in the order of its
/// aggregate.
pub fn follow(client: &Client, events: u64) -> JoinHandle<Seen> {
    let log = client.log();
    let store = client.app.event_store().clone();
    tokio::spawn(async move {
        let mut following = NotificationReader::new(log).follow();
        let mut seen = Seen::default();
        let mut number = 0;
        while seen.events.values().sum::<u64>() < events {
            let next = timeout(Duration::from_secs(120), following.next()).await;
            let item = match next.expect("an item in time").expect("it never ends") {
                Ok(item) => item,
                Err(error) => {
                    assert!(matches!(error, es::Error::Unavailable(_)), "{error:?}");
                    continue;
                }
            };
            number += 1;
            assert_eq!(item.record_id.get(), number, "nothing is left out");
            let Some(reference) = item.reference().unwrap() else {
                seen.tombstones += 1;
                continue;
            };
            let count = seen.events.entry(reference.sequence_id).or_default();
            let version = i64::try_from(*count).unwrap();
            assert_eq!(reference.position, version, "once, and in order");
            *count += 1;
            let event = reference.item(&store).await.unwrap();
            assert!(event.is_some(), "a reference to an event that is there");
        }
        seen
    })
}
