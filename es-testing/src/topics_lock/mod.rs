//! A reviewed file of the stored names and shapes of a program, and the test that checks it.

mod clashes;
mod compare;
mod lock;
mod text;

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

pub use lock::TopicsLock;

/// The environment variable that makes the test write the file.
const VARIABLE: &str = "TOPICS_LOCK";

/// Checks that the program can read all events that earlier versions of it stored.
///
/// Compares the aggregates that are linked into the test with the file at `path`, which lists their
/// topics, events and fields. The path is relative to the package. Commit the file, and review its
/// changes:
///
/// ```text
/// aggregate bank#Account
///   was Account
///   created
///     owner: String
///   attribute _limit: i64
///   event Paid
///     version 1
///       cents: i64
///     version 2
///       amount: String
///       currency: String, default
/// ```
///
/// ```no_run
/// // tests/topics.rs, in a package whose library is called `bank`
/// # mod bank {}
/// use bank as _; // links its aggregates
///
/// #[test]
/// fn stored_events_can_be_read() {
///     es_testing::topics_lock("topics.lock");
/// }
/// ```
///
/// `TOPICS_LOCK=update cargo test` writes additions to the file, if all changes are compatible.
/// `TOPICS_LOCK=overwrite` writes incompatible changes too, for events that were never stored.
///
/// # Panics
///
/// If the file is missing or outdated, if a change is incompatible, or if two types have the same
/// topic.
#[track_caller]
pub fn topics_lock(path: impl AsRef<Path>) {
    let mode = std::env::var(VARIABLE).unwrap_or_default();
    if let Err(report) = TopicsLock::registered().check(path.as_ref(), &mode) {
        panic!("{report}");
    }
}

impl TopicsLock {
    /// Compares with the file, and writes it if `mode` is `update` or `overwrite`; else returns the
    /// differences.
    fn check(&self, path: &Path, mode: &str) -> Result<(), String> {
        let name = path.display();
        if self.is_empty() {
            return Err(
                "no aggregate is linked into this test; link the crate that has them with `use my_crate as _;`"
                    .to_owned(),
            );
        }
        refuse(&self.clashes(), "topics are not unique", "")?;
        let text = self.to_string();
        let stored = match fs::read_to_string(path) {
            Ok(stored) => stored.replace("\r\n", "\n"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("reading {name} failed: {error}")),
        };
        if mode != "overwrite" {
            let locked: Self = stored
                .parse()
                .map_err(|error| format!("parsing {name} failed: {error}"))?;
            let hint = format!(
                "\n\nIf no such event was ever stored, run this test with {VARIABLE}=overwrite."
            );
            let title = format!("stored events could no longer be read, according to {name}");
            refuse(&self.changes_since(&locked), &title, &hint)?;
        }
        match mode {
            _ if stored == text => Ok(()),
            "update" | "overwrite" => {
                fs::write(path, text).map_err(|error| format!("writing {name} failed: {error}"))
            }
            _ => Err(format!(
                "{name} is outdated; run this test with {VARIABLE}=update and review the change:\n{}",
                difference(&stored, &text)
            )),
        }
    }
}

fn refuse(faults: &[String], title: &str, hint: &str) -> Result<(), String> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("{title}:\n\n- {}{hint}", faults.join("\n- ")))
}

/// Returns the lines that only one of two texts has, marked with `-` or `+`.
fn difference(before: &str, after: &str) -> String {
    let only = |mark: char, text: &str, other: &str| {
        let mut others: Vec<_> = other.lines().collect();
        let mut out = String::new();
        for line in text.lines() {
            match others.iter().position(|other| *other == line) {
                Some(at) => drop(others.remove(at)),
                // Writing to a string cannot fail.
                None => drop(writeln!(out, "{mark}{line}")),
            }
        }
        out
    };
    only('-', before, after) + &only('+', after, before)
}

#[cfg(test)]
mod tests;
