//! What the macros say to mistakes, and what they take. `TRYBUILD=overwrite` writes the messages anew.

/// The compiler writes more or less of a path depending on what else is linked, so the messages are those with all features.
#[test]
#[cfg_attr(
    not(all(
        feature = "cassandra-tls",
        feature = "http",
        feature = "jiff",
        feature = "metrics",
        feature = "mysql-tls",
        feature = "postgres-tls",
        feature = "progress"
    )),
    ignore = "the messages are those with all features"
)]
fn every_mistake_is_one_message_at_its_token() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/aggregate/*.rs");
    cases.compile_fail("tests/ui/attribute/*.rs");
    cases.compile_fail("tests/ui/created/*.rs");
    cases.compile_fail("tests/ui/entity/*.rs");
    cases.compile_fail("tests/ui/event/*.rs");
    cases.compile_fail("tests/ui/subscribe_to/*.rs");
    cases.compile_fail("tests/ui/snapshot/*.rs");
    cases.compile_fail("tests/ui/projection/*.rs");
}

#[test]
fn what_is_right_is_taken() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
