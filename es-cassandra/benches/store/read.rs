//! Reading a whole long partition.

use es_store::{ItemQuery, RecordManager, Table, TableAdministration};
use uuid::Uuid;

use crate::keyspace::{Keyspace, item};
use crate::rate::{Clock, ROUNDS, Rounds};
use crate::scan::Rows;

const EVENTS: i64 = 100_000;
const LIST: i64 = 500;

pub(crate) async fn run(keyspace: &Keyspace) {
    let datastore = keyspace.open().await;
    let table = Table::stored_events().without_record_ids();
    let events = datastore.table(table).expect("the table opens");
    events.setup().await.expect("the table is created");
    let id = Uuid::now_v7();
    for first in (0..EVENTS).step_by(usize::try_from(LIST).expect("few")) {
        let list = (first..first + LIST)
            .map(|position| item(id, position))
            .collect();
        events.append(list).await.expect("the append succeeds");
    }
    let cql = "WHERE originator_id = ? ORDER BY originator_version ASC";
    let rows = Rows::new(keyspace, cql).await;
    let mut rounds = Rounds::default();
    for round in 0..=ROUNDS {
        let clock = Clock::start();
        let found = events.items(ItemQuery::new(id)).await.expect("read");
        assert_eq!(found.len() as u64, EVENTS.unsigned_abs());
        let ours = clock.stop(EVENTS.unsigned_abs());
        drop(found);
        let clock = Clock::start();
        let found = rows.all((id,)).await;
        assert_eq!(found.len() as u64, EVENTS.unsigned_abs());
        let theirs = clock.stop(EVENTS.unsigned_abs());
        // The first round warms up both sides.
        if round > 0 {
            rounds.push(ours, theirs);
        }
    }
    rounds.print("reads of 100,000 events", "the driver's pages", Some(0.9));
}
