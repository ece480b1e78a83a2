//! Several clients of one counter.

use std::collections::BTreeSet;
use std::env;
use std::process::Command;

use tokio::task::JoinSet;

use crate::redis_command::run;
use crate::{Counter, PYTHON, sequence};

pub(crate) async fn a_number_is_the_answer_of_incr_minus_one() {
    let counter = Counter::new();
    let numbers = counter.numbers();
    for expected in 0..3 {
        assert_eq!(numbers.next().await.expect("a number"), expected);
    }
    assert_eq!(counter.value(), "3");
    assert_eq!(run(&counter.options, &["INCR", &counter.key]), "4");
    assert_eq!(counter.numbers().next().await.expect("a number"), 4);
}

pub(crate) async fn concurrent_clients_get_each_number_exactly_once() {
    const EACH: u64 = 200;
    let counter = Counter::new();
    let clients = [counter.numbers(), counter.numbers()];
    let mut tasks = JoinSet::new();
    for task in 0..64 {
        let numbers = clients[task % 2].clone();
        tasks.spawn(async move {
            let mut taken = Vec::new();
            for _ in 0..EACH {
                taken.push(numbers.next().await.expect("a number"));
            }
            taken
        });
    }
    let mut all = BTreeSet::new();
    while let Some(taken) = tasks.join_next().await {
        let taken = taken.expect("no panic");
        assert!(taken.is_sorted_by(|one, next| one < next));
        for number in taken {
            assert!(all.insert(number), "{number} was taken twice");
        }
    }
    assert!(all.into_iter().eq(0..64 * EACH));
}

pub(crate) async fn databases_have_separate_counters() {
    let counter = Counter::new();
    counter.numbers().next().await.expect("a number");
    let elsewhere = counter.options.clone().with_database(7);
    let numbers = sequence(&elsewhere, &counter.key);
    assert_eq!(numbers.next().await.expect("a number"), 0);
    assert_eq!(run(&elsewhere, &["DEL", &counter.key]), "1");
    assert_eq!(counter.value(), "1");
}

/// Takes numbers, one per line. Arguments: host, port, key, count.
const SCRIPT: &str = "
import sys
from redis import StrictRedis
from eventsourcing.infrastructure.integersequencegenerators.redisincr import RedisIncr
numbers = RedisIncr(StrictRedis(host=sys.argv[1], port=int(sys.argv[2])), sys.argv[3])
for _ in range(int(sys.argv[4])): print(next(numbers))
";

pub(crate) async fn python5_shares_a_counter_with_the_crate() {
    const EACH: u64 = 500;
    let counter = Counter::new();
    assert_eq!(counter.numbers().next().await.expect("a number"), 0);
    let python = Command::new(env::var_os(PYTHON).expect("an interpreter"))
        .args(["-c", SCRIPT, &counter.options.host])
        .arg(counter.options.port.to_string())
        .args([&counter.key, &EACH.to_string()])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("Python");
    let mut taken = BTreeSet::from([0]);
    let mut ours = 0;
    let numbers = counter.numbers();
    let theirs = tokio::task::spawn_blocking(|| python.wait_with_output());
    // Takes numbers while Python does, and once more after it.
    loop {
        let is_over = theirs.is_finished();
        assert!(taken.insert(numbers.next().await.expect("a number")));
        ours += 1;
        if is_over && ours >= EACH {
            break;
        }
    }
    let output = theirs.await.expect("no panic").expect("output");
    assert!(output.status.success());
    for line in String::from_utf8(output.stdout).expect("text").lines() {
        assert!(
            taken.insert(line.parse().expect("a number")),
            "twice: {line}"
        );
    }
    assert!(taken.into_iter().eq(0..=ours + EACH));
}
