//! Error messages of the macros, and annotations that compile. `TRYBUILD=overwrite` updates the
//! messages.

/// The compiler shortens paths in messages depending on the linked crates, so the stored messages
/// are those with all features.
#[test]
#[cfg_attr(
    not(all(
        feature = "cassandra-tls",
        feature = "http-tls",
        feature = "jiff",
        feature = "metrics",
        feature = "mysql-tls",
        feature = "postgres-tls",
        feature = "progress"
    )),
    ignore = "the stored messages are those with all features"
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
    cases.compile_fail("tests/ui/metadata/*.rs");
    cases.compile_fail("tests/ui/projection/*.rs");
}

#[test]
fn valid_annotations_compile() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
