//! The location of the golden vectors: the repository, or the directory in `ES_PYTHON5_VECTORS`.

use std::path::{Path, PathBuf};

use es_json::Value;

pub fn directory() -> PathBuf {
    let of_repository = || {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = package
            .ancestors()
            .map(|folder| folder.join("tests/python5/vectors"));
        folders
            .find(|folder| folder.exists())
            .expect("the vectors lie in tests/python5/vectors")
    };
    std::env::var_os("ES_PYTHON5_VECTORS").map_or_else(of_repository, PathBuf::from)
}

pub fn path(name: &str) -> PathBuf {
    directory().join(name)
}

/// Returns the rows of a file of JSON lines; there is at least one.
pub fn rows(name: &str) -> Vec<Value> {
    let path = path(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<_> = text
        .lines()
        .map(|line| Value::parse(line).unwrap())
        .collect();
    assert!(!rows.is_empty(), "{} has no rows", path.display());
    rows
}

/// Returns the string under a key of a row.
pub fn text<'r>(row: &'r Value, key: &str) -> Option<&'r str> {
    row.get(key).and_then(Value::as_str)
}
