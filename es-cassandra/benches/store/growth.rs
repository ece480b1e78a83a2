//! The cost of an append after many appends.

use std::time::Instant;

use es_store::{RecordManager, Table, TableAdministration};
use es_structures::Reference;
use uuid::Uuid;

use crate::keyspace::{Keyspace, item};
use crate::positions::appending;
use crate::rate::{ROUNDS, Rounds, rate, warm_up};
use crate::references::fill;

const CALLERS: usize = 8;

pub(crate) async fn run(keyspace: &Keyspace) {
    let mut arrays = Vec::new();
    for len in [10, 10_000, 1_000_000] {
        let table = Table::stored_events().named(format!("after_{len}"));
        let records = keyspace.positioned(&table).await;
        let begin = Instant::now();
        fill(keyspace, &records, len, |_| Reference {
            position: 0,
            sequence_id: Uuid::new_v4(),
        })
        .await;
        println!("{len} positions filled in {:.1?}", begin.elapsed());
        records.close().await.expect("closed");
        let records = keyspace.positioned(&table).await;
        let begin = Instant::now();
        let first = records.append(vec![item(Uuid::now_v7(), 0)].into()).await;
        let first = first.expect("the append succeeds").last().expect("an id");
        assert_eq!(first.get(), len + 1);
        println!(
            "a new process appends after {len} positions after {:.1?}",
            begin.elapsed()
        );
        arrays.push((len, appending(records)));
    }
    for (_, append) in &arrays {
        warm_up(CALLERS, append.clone()).await;
    }
    let (few, many) = arrays.split_at(1);
    let mut rounds: Vec<_> = many.iter().map(|_| Rounds::default()).collect();
    for _ in 0..ROUNDS {
        let few = rate(CALLERS, few[0].1.clone()).await;
        for (rounds, (_, append)) in rounds.iter_mut().zip(many) {
            rounds.push(rate(CALLERS, append.clone()).await, few);
        }
    }
    for (rounds, (len, _)) in rounds.iter().zip(many) {
        let name = format!("appends of {CALLERS} callers after {len} positions");
        rounds.print(&name, "after 10", Some(0.9));
    }
}
