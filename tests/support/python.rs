//! Runs the scripts of `scripts/python5` with the Python that `ES_PYTHON5` names;
//! `scripts/python5/setup.sh` creates one.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that names a Python with `eventsourcing` 5.0.0.
pub const VARIABLE: &str = "ES_PYTHON5";

pub fn interpreter() -> OsString {
    std::env::var_os(VARIABLE)
        .unwrap_or_else(|| panic!("{VARIABLE} names a Python with the library"))
}

pub fn script(name: &str) -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    repository.join("scripts/python5").join(name)
}

/// Runs a script and returns its output. If it fails, the panic quotes the errors of its report.
pub fn run(script: &Path, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
    let output = Command::new(interpreter())
        .env("TZ", "UTC")
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = said
        .split_once("\"errors\"")
        .map_or(&*said, |(_, rest)| rest);
    assert!(
        output.status.success(),
        "{}: {}{}",
        script.display(),
        errors.chars().take(3_000).collect::<String>(),
        String::from_utf8_lossy(&output.stderr)
    );
    said.into_owned()
}

/// Lets Python read a whole database, a file or a URI. `arguments` are those of `check_python.py`.
pub fn check(database: impl AsRef<OsStr>, arguments: &[&str]) -> String {
    let arguments = arguments.iter().map(OsStr::new);
    let database = [database.as_ref()].into_iter();
    run(&script("check_python.py"), database.chain(arguments))
}

/// Returns the folder of the vectors, which contains the Python modules of their domain.
pub fn modules() -> String {
    format!("{}/tests/python5/vectors", env!("CARGO_MANIFEST_DIR"))
}
