//! Values that the Python library computed: ids and heights of big arrays, ids and bounds of
//! buckets, times as decimals.

use std::num::NonZeroU32;

use es_json::{Value, from_str};
use es_store::Timestamp;
use es_structures::{ArraySpan, ArrayTree, BucketSize, TimeBucket};
use serde::Deserialize;
use uuid::Uuid;

use crate::vectors;

fn computed<T: for<'de> Deserialize<'de>>(function: &str) -> Vec<T> {
    let rows = vectors::rows("computed.jsonl");
    let is_of = |row: &&Value| vectors::text(row, "fn") == Some(function);
    let read = |row: &Value| from_str(&row.to_string()).unwrap();
    let rows: Vec<T> = rows.iter().filter(is_of).map(read).collect();
    assert!(!rows.is_empty(), "no row of {function}");
    rows
}

#[derive(Deserialize)]
struct BigArrayRow {
    root: String,
    array_size: NonZeroU32,
    position: u64,
    required_height: u32,
    chain: Vec<ChainLink>,
}

#[derive(Deserialize)]
struct ChainLink {
    i: u128,
    j: u128,
    height: u32,
    array_id: String,
    offset: Option<u64>,
    index_of_child: Option<u64>,
}

#[test]
fn python5_big_arrays_have_the_same_ids_and_heights() {
    for row in computed::<BigArrayRow>("bigarray") {
        let tree = ArrayTree::new(id(&row.root), row.array_size);
        let mut span = tree.base(row.position);
        for link in &row.chain {
            let index = if link.height == 1 {
                Some(row.position % u64::from(row.array_size.get()))
            } else {
                let (parent, index) = tree.parent(span);
                span = parent;
                Some(index)
            };
            assert_eq!(index, link.offset.or(link.index_of_child));
            assert_eq!(
                span,
                ArraySpan {
                    start: link.i,
                    height: link.height
                }
            );
            let end = span.start + u128::from(row.array_size.get()).pow(span.height);
            assert_eq!(end, link.j);
            assert_eq!(tree.array_id(span), id(&link.array_id));
        }
        check_height(tree, &row);
    }
}

/// Checks the height. If Python's rounded logarithm is 1 too low, the chain ends at an array that
/// does not start at 0.
fn check_height(tree: ArrayTree, row: &BigArrayRow) {
    let is_too_low = row.chain.last().unwrap().i != 0;
    let expected = row.required_height + u32::from(is_too_low);
    assert_eq!(
        tree.required_height(row.position),
        expected,
        "{}",
        row.position
    );
    let power = u128::from(row.array_size.get()).pow(row.required_height);
    let above = u128::from(row.position) + 1 - power.min(u128::from(row.position) + 1);
    assert_eq!(is_too_low, above > 0);
    assert!(above <= power / 1_000_000_000, "only just above a power");
}

#[derive(Deserialize)]
struct BucketRow {
    log_id: String,
    bucket_size: BucketSize,
    timestamp: String,
    bucket_id: String,
    starts: String,
    next_starts: f64,
    previous_starts: f64,
}

#[test]
fn python5_buckets_have_the_same_ids_and_bounds() {
    for row in computed::<BucketRow>("timebucket") {
        let time: Timestamp = row.timestamp.parse().unwrap();
        let bucket = TimeBucket::containing(time, row.bucket_size);
        assert_eq!(bucket.id(id(&row.log_id)), id(&row.bucket_id));
        let seconds = |bucket: TimeBucket| format!("{:.6}", seconds_of(bucket));
        assert_eq!(seconds(bucket.next()), format!("{:.6}", row.next_starts));
        assert_eq!(
            seconds(bucket.previous()),
            format!("{:.6}", row.previous_starts)
        );
        let second = TimeBucket::containing(bucket.start(), BucketSize::Second);
        let starts = row.starts.replace('T', "_").replace(':', "-");
        assert_eq!(format!("{}+00-00", second.boundary()), starts);
    }
}

#[expect(clippy::cast_precision_loss, reason = "whole seconds of this age")]
fn seconds_of(bucket: TimeBucket) -> f64 {
    bucket.start().as_micros() as f64 / 1e6
}

#[derive(Deserialize)]
struct DecimalRow {
    decimal: String,
}

#[test]
fn python5_times_read_back_as_the_same_decimals() {
    for function in ["decimaltimestamp", "decimaltimestamp_from_uuid"] {
        for row in computed::<DecimalRow>(function) {
            let Ok(time) = row.decimal.parse::<Timestamp>() else {
                assert_eq!(row.decimal, "10000000000000000.000000", "beyond 64 bits");
                continue;
            };
            assert_eq!(time.to_string(), row.decimal);
        }
    }
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}
