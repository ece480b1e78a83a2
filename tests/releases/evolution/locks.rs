//! Tests of `topics.lock` over four releases.

use es_testing::TopicsLock;

use crate::{release1, release2, release3, release4};

fn of_releases() -> [TopicsLock; 4] {
    let lock = TopicsLock::default;
    [
        lock().and::<release1::Order>(),
        lock().and::<release2::Order>(),
        lock().and::<release3::Order>(),
        lock().and::<release4::Purchase>(),
    ]
}

#[test]
fn a_lock_lists_all_stored_names() {
    let [_, _, third, _] = of_releases();
    let (_, text) = third
        .to_string()
        .split_once("\n\n")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(
        text,
        "\
aggregate shop#Order
  created
    customer: String
    is_gift: bool, default
  attribute _is_gift: bool
  event AddressChanged
    version 1
      address: String
  event Cancelled
    was Aborted
    version 1
      reason: String, was why
  event CustomerMoved
    retired
    version 1
      address: String
      phone: String
  event ItemAdded
    version 1
      cents: i64
      name: String
      quantity: i64, default
    version 2
      currency: String
      name: String
      price: i64
      quantity: i64
  event PhoneChanged
    version 1
      phone: String
"
    );
}

#[test]
fn each_release_reads_the_events_of_earlier_releases() {
    let locks = of_releases();
    for (at, later) in locks.iter().enumerate() {
        for earlier in &locks[..at] {
            let text: TopicsLock = earlier.to_string().parse().unwrap();
            let faults = later.changes_since(&text);
            assert_eq!(faults, Vec::<String>::new());
        }
    }
}

#[test]
fn no_release_reads_the_events_of_later_releases() {
    let locks = of_releases();
    for (at, earlier) in locks.iter().enumerate() {
        for later in &locks[at + 1..] {
            assert!(!earlier.changes_since(later).is_empty());
        }
    }
}

#[tokio::test]
async fn the_example_runs_through_all_releases() {
    crate::story::live("sqlite::memory:").await.unwrap();
}

/// Four releases in one program are four types with one topic.
#[test]
#[should_panic(expected = "topics are not unique")]
fn two_types_with_one_topic_are_refused() {
    es_testing::topics_lock("no such file");
}
