//! A reviewed file of every stored name and shape.

mod clashes;
mod compare;
mod lock;
mod text;

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

pub use lock::TopicsLock;

/// What the environment says is to be done to the file.
const VARIABLE: &str = "TOPICS_LOCK";

/// Fails where a stored name or shape was changed so that what is stored cannot be read, and where the file at `path` does
/// not hold all that there is. The path is relative to the package, as `cargo test` runs.
///
/// The file lists every aggregate that is linked into the test, with its topics, its events, and their fields. It belongs
/// to the program, and its changes to the review:
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
/// fn what_is_stored_can_be_read() {
///     es_testing::topics_lock("topics.lock");
/// }
/// ```
///
/// `TOPICS_LOCK=update cargo test` writes what is new, where all that was there can still be read; `TOPICS_LOCK=overwrite`
/// writes all, for what was never stored.
///
/// # Panics
///
/// Where the file is missing or behind, where a change is not compatible, and where two types have one topic.
#[track_caller]
pub fn topics_lock(path: impl AsRef<Path>) {
    let wish = std::env::var(VARIABLE).unwrap_or_default();
    if let Err(report) = TopicsLock::registered().check(path.as_ref(), &wish) {
        panic!("{report}");
    }
}

impl TopicsLock {
    /// Compares with the file, and writes it where `wish` is `update` or `overwrite`; what is wrong otherwise.
    fn check(&self, path: &Path, wish: &str) -> Result<(), String> {
        let name = path.display();
        if self.is_empty() {
            return Err(
                "no aggregate is linked into this test: name the crate that has them, `use my_crate as _;`"
                    .to_owned(),
            );
        }
        refuse(&self.clashes(), "topics are not unique", "")?;
        let text = self.to_string();
        let stored = match fs::read_to_string(path) {
            Ok(stored) => stored.replace("\r\n", "\n"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{name}: {error}")),
        };
        if wish != "overwrite" {
            let locked: Self = stored.parse().map_err(|error| format!("{name}: {error}"))?;
            let hint = format!(
                "\n\nIf nothing of the kind was ever stored, {VARIABLE}=overwrite takes it into the file."
            );
            let title = format!("what is stored could no longer be read, by {name}");
            refuse(&self.changes_since(&locked), &title, &hint)?;
        }
        match wish {
            _ if stored == text => Ok(()),
            "update" | "overwrite" => {
                fs::write(path, text).map_err(|error| format!("{name}: {error}"))
            }
            _ => Err(format!(
                "{name} is behind; run this test with {VARIABLE}=update, and have the change reviewed:\n{}",
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

/// The lines that only one of two texts has.
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
