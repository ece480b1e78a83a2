//! Raising of counters.

use es_core::error::Error;
use es_redis::RedisIntegerSequence;
use tokio::task::JoinSet;

use crate::own_server::OwnServer;
use crate::redis_command::run;
use crate::{Counter, sequence};

async fn next(numbers: &RedisIntegerSequence) -> u64 {
    numbers.next().await.expect("a number")
}

pub(crate) async fn a_counter_is_raised_and_never_lowered() {
    let counter = Counter::new();
    let numbers = counter.numbers();
    // The key does not exist yet.
    numbers.at_least(0).await.expect("raised");
    assert_eq!(next(&numbers).await, 0);
    numbers.at_least(100).await.expect("raised");
    assert_eq!(next(&numbers).await, 100);
    for lower in [7, 99, 101] {
        numbers.at_least(lower).await.expect("not lowered");
    }
    assert_eq!(next(&numbers).await, 101);
    // As text, 1000 is before 101.
    numbers.at_least(1_000).await.expect("raised");
    assert_eq!(next(&numbers).await, 1_000);

    run(&counter.options, &["SET", &counter.key, "-12"]);
    numbers.at_least(5).await.expect("raised");
    assert_eq!(next(&numbers).await, 5);
}

pub(crate) async fn concurrent_raises_set_the_counter_to_the_highest_number() {
    let counter = Counter::new();
    let mut tasks = JoinSet::new();
    for number in 0..64 {
        let numbers = counter.numbers();
        tasks.spawn(async move { numbers.at_least(number * 17 % 64).await });
    }
    for raised in tasks.join_all().await {
        raised.expect("raised");
    }
    assert_eq!(next(&counter.numbers()).await, 63);
}

pub(crate) async fn numbers_beyond_53_bits_are_compared_to_the_last_digit() {
    let counter = Counter::new();
    let numbers = counter.numbers();
    let high = (1 << 53) + 1;
    numbers.at_least(high).await.expect("raised");
    numbers.at_least(high - 1).await.expect("not lowered");
    assert_eq!(next(&numbers).await, high);

    let last = i64::MAX.unsigned_abs() - 1;
    numbers.at_least(last).await.expect("raised");
    assert_eq!(next(&numbers).await, last);
    let error = numbers.next().await.expect_err("used up");
    assert!(matches!(error, Error::Store(_)));
    assert!(
        crate::text(&error).contains("highest number"),
        "{}",
        crate::text(&error)
    );
    let refused = numbers.at_least(last + 1).await;
    assert!(matches!(refused, Err(Error::InvalidSetting { .. })));
}

pub(crate) async fn a_counter_is_raised_after_the_server_lost_its_state() {
    let mut server = OwnServer::start();
    let numbers = sequence(&server.options(), "numbers");
    for expected in 0..5 {
        assert_eq!(next(&numbers).await, expected);
    }
    server.kill();
    server.start_process();
    numbers.at_least(5).await.expect("raised");
    assert_eq!(next(&numbers).await, 5);
}
