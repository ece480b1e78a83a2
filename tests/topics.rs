//! The names and shapes that the quick start stores, in a file that is reviewed.

#![allow(missing_docs, unreachable_pub)]

#[expect(dead_code, reason = "its names are what is tested")]
#[path = "../examples/quickstart/world.rs"]
mod world;

#[test]
fn what_the_quick_start_stores_can_be_read() {
    es_testing::topics_lock("tests/topics.lock");
}
