//! Appends of one event to a table without record ids.

use std::sync::Arc;

use es_store::{RecordManager, Table, TableAdministration};
use uuid::Uuid;

use crate::keyspace::{Keyspace, item};
use crate::peers::Inserts;
use crate::rate::{Rounds, rate, warm_up};

/// Number of rounds, enough for a steady median if the sides are close.
const ROUNDS: usize = 15;

pub(crate) async fn run(keyspace: &Keyspace) {
    let datastore = keyspace.open().await;
    let table = Table::stored_events().without_record_ids();
    let events = datastore.table(table).expect("the table opens");
    events.setup().await.expect("the table is created");
    let inserts = Arc::new(Inserts::into(keyspace, "stored_events").await);
    let ours = move || {
        let events = events.clone();
        async move {
            let appended = events.append(vec![item(Uuid::now_v7(), 0)].into()).await;
            appended.expect("the append succeeds");
        }
    };
    let theirs = move || {
        let inserts = inserts.clone();
        async move { inserts.insert(&item(Uuid::now_v7(), 0)).await }
    };
    warm_up(64, theirs.clone()).await;
    warm_up(64, ours.clone()).await;
    for callers in [1, 8, 64] {
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            rounds.push(
                rate(callers, ours.clone()).await,
                rate(callers, theirs.clone()).await,
            );
        }
        let name = format!("appends of {callers} callers");
        rounds.print(&name, "prepared conditional inserts", Some(0.9));
    }
}
