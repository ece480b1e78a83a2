//! Tests of the lock file.

use super::*;

const LOCK: &str = "\
aggregate bank#Account
  was Account
  created
    owner: String
  attribute _limit: HashMap<String, i64>, with cents
  event Closed
    retired
    version 1
  event Paid
    was Payed
    version 1
      cents: i64
    version 2
      amount: String
      currency: String, was coin, default
  event Seen
    version 1 any object
";

fn lock(text: &str) -> TopicsLock {
    text.parse().unwrap()
}

fn changes(from: &str, to: &str) -> Vec<String> {
    assert!(LOCK.contains(from), "{from}");
    lock(&LOCK.replacen(from, to, 1)).changes_since(&lock(LOCK))
}

#[test]
fn a_lock_is_parsed_from_its_own_text() {
    let text = lock(LOCK).to_string();
    assert!(text.ends_with(LOCK), "{text}");
    assert_eq!(lock(&text).to_string(), text);
    let error = "aggregate A\n  even B".parse::<TopicsLock>().unwrap_err();
    assert_eq!(error, "line 2: unknown entry `even B`");
}

#[test]
fn compatible_changes_are_accepted() {
    for (from, to) in [
        (
            "bank#Account\n  was Account",
            "money#Account\n  was Account\n  was bank#Account",
        ),
        (
            "event Paid\n    was Payed",
            "event Moved\n    was Payed\n    was Paid",
        ),
        ("owner: String", "holder: String, was owner"),
        ("owner: String", "owner: Option<String>, default"),
        ("owner: String", "owner: String\n    since: i64, default"),
        (
            "  event Seen",
            "  event New\n    version 1\n      a: u8\n  event Seen",
        ),
        (
            "  event Seen",
            "    version 3\n      money: Money\n  event Seen",
        ),
        ("    retired\n", ""),
        (
            "    version 1\n      cents: i64",
            "    version 1 any object",
        ),
    ] {
        assert_eq!(changes(from, to), Vec::<String>::new(), "{to}");
    }
}

#[test]
fn incompatible_changes_are_faults_with_a_remedy() {
    for (from, to, fault) in [
        (
            "aggregate bank#",
            "aggregate money#",
            "`was(\"bank#Account\")`",
        ),
        ("  was Account\n", "", "no longer lists `was(\"Account\")`"),
        ("event Paid\n", "event Moved\n", "`#[event(was(\"Paid\"))]`"),
        ("    was Payed\n", "", "no longer lists `was(\"Payed\")`"),
        (
            "owner: String",
            "owner: i64",
            "`owner` was a `String` and is a `i64`",
        ),
        ("    owner: String\n", "", "`#[serde(alias = \"owner\")]`"),
        (
            "owner: String",
            "owner: String\n    since: i64",
            "`since` is new",
        ),
        (
            "attribute _limit",
            "attribute _max",
            "`#[attribute(name = \"_limit\")]`",
        ),
        (
            "String, i64>",
            "String, u64>",
            "add an attribute of another name",
        ),
        (
            "cents: i64",
            "cents: u64",
            "the upcast from version 1 takes",
        ),
        (
            "amount: String",
            "amount: u64",
            "`version = 3, upcast(from = 2, with = …)`",
        ),
        (", was coin, default", ", was coin", "had a default"),
        (
            "    version 2\n      amount: String\n      currency: String, was coin, default\n",
            "",
            "versions only grow",
        ),
    ] {
        let found = changes(from, to);
        assert!(
            found.iter().any(|found| found.contains(fault)),
            "{to}: {found:#?}"
        );
    }
}

#[test]
fn a_removed_base_is_a_fault() {
    let before = lock("aggregate A\n  base lib#Root\n");
    let found = lock("aggregate A\n").changes_since(&before);
    assert!(found[0].contains("`base = \"lib#Root\"`"), "{found:?}");
    let renamed = lock("aggregate B\n  was A\n  base lib#Root\n");
    assert!(renamed.changes_since(&before).is_empty());
}

#[test]
fn the_file_is_written_only_on_request_and_incompatible_changes_only_by_overwrite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("topics.lock");
    let now = lock(LOCK);
    let outdated = now.check(&path, "").unwrap_err();
    assert!(outdated.contains("TOPICS_LOCK=update"), "{outdated}");
    assert!(
        outdated.contains("\n+aggregate bank#Account\n"),
        "{outdated}"
    );
    now.check(&path, "update").unwrap();
    now.check(&path, "").unwrap();

    let broken = lock(&LOCK.replace("amount: String", "amount: u64"));
    for mode in ["", "update"] {
        let refused = broken.check(&path, mode).unwrap_err();
        assert!(refused.contains("`amount` was a `String`"), "{refused}");
        assert!(refused.contains("TOPICS_LOCK=overwrite"), "{refused}");
        now.check(&path, "").unwrap();
    }
    broken.check(&path, "overwrite").unwrap();
    broken.check(&path, "").unwrap();
}

#[test]
fn a_program_without_aggregates_gets_an_error_with_a_hint() {
    let error = TopicsLock::default().check(Path::new("x"), "update");
    assert!(error.unwrap_err().contains("use my_crate as _;"));
}

#[test]
fn events_that_claim_one_former_name_are_refused() {
    let faults = |was: &str| {
        let text = format!("aggregate A\n  event B\n    was {was}\n  event C\n    was D\n");
        lock(&text).clashes()
    };
    assert!(faults("E").is_empty());
    for was in ["C", "D"] {
        let found = faults(was);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("claimed by `B` and by `C`"), "{found:?}");
    }
}
