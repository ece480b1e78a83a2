//! Permanent errors, and their messages.

use es_core::error::Error;
use es_redis::RedisOptions;

use crate::own_server::OwnServer;
use crate::redis_command::run;
use crate::{Counter, sequence, text};

/// Returns the message of a permanent error.
async fn refusal(options: RedisOptions, key: &str) -> String {
    let numbers = sequence(&options, key);
    let error = numbers.next().await.expect_err("refused");
    assert!(matches!(error, Error::Store(_)), "{}", text(&error));
    let shown = format!("{numbers:?} {error:?} {}", text(&error));
    assert!(!shown.contains("secret"), "{shown}");
    text(&error)
}

pub(crate) async fn a_wrong_password_is_refused_and_appears_in_no_message() {
    let server = OwnServer::start_with(&["--requirepass", "secret 1"]);
    let right = server.options().with_password("secret 1");
    assert!(!format!("{right:?}").contains("secret"));
    let numbers = sequence(&right, "numbers");
    assert_eq!(numbers.next().await.expect("a number"), 0);
    for wrong in [server.options().with_password("secret 2"), server.options()] {
        let reason = refusal(wrong, "numbers").await;
        assert!(
            reason.contains("refused the user or the password"),
            "{reason}"
        );
    }
}

pub(crate) async fn a_user_logs_in_with_its_password() {
    let server = OwnServer::start_with(&["--user", "app", "on", ">secret", "~numbers", "+incr"]);
    let app = server.options().with_user("app").with_password("secret");
    let numbers = sequence(&app, "numbers");
    assert_eq!(numbers.next().await.expect("a number"), 0);
    let reason = refusal(app, "other").await;
    assert!(reason.contains("lacks the right"), "{reason}");
}

pub(crate) async fn a_key_with_another_value_is_refused_by_name() {
    let counter = Counter::new();
    let refused = |reason: String| {
        assert!(reason.contains(&counter.key), "{reason}");
        assert!(reason.contains("use another key"), "{reason}");
    };
    for value in ["seven", "1.5", "007"] {
        run(&counter.options, &["SET", &counter.key, value]);
        refused(refusal(counter.options.clone(), &counter.key).await);
        let error = counter.numbers().at_least(9).await.expect_err(value);
        refused(text(&error));
        assert_eq!(counter.value(), value);
    }
    run(&counter.options, &["SET", &counter.key, "-12"]);
    refused(refusal(counter.options.clone(), &counter.key).await);
    run(&counter.options, &["DEL", &counter.key]);
    run(&counter.options, &["LPUSH", &counter.key, "a list"]);
    refused(refusal(counter.options.clone(), &counter.key).await);
    let error = counter.numbers().at_least(9).await.expect_err("a list");
    refused(text(&error));
}

pub(crate) async fn a_missing_database_is_refused_with_a_reason() {
    let counter = Counter::new();
    let options = counter.options.clone().with_database(1_000_000);
    let reason = refusal(options, &counter.key).await;
    assert!(reason.contains("no database of this number"), "{reason}");
}
