//! Replays a store that the Python library wrote, finds the damage in every damaged copy, and
//! appends to it.
//!
//! `cargo run --example python_store -- DIR`. DIR holds a set of vectors such as
//! `tests/python5/vectors`. If `ES_PYTHON5` names a Python with the library
//! (`scripts/python5/setup.sh` creates one), that Python checks the appended events.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

mod append;
mod damage;
mod domain;
mod manifest;
mod replay;
mod state;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use es::Application;
use manifest::{Database, Manifest};

type BoxError = Box<dyn std::error::Error>;

/// The work done, and the differences from the manifest.
#[derive(Default)]
struct Report {
    replayed: usize,
    versions: usize,
    verified: usize,
    refused: usize,
    appended: usize,
    differences: Vec<String>,
}

impl Report {
    fn differs(&mut self, what: impl Into<String>) {
        self.differences.push(what.into());
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode, BoxError> {
    let directory = std::env::args_os().nth(1).map(PathBuf::from);
    let directory = directory.ok_or("usage: python_store DIR, a folder with a manifest.json")?;
    let manifest = Manifest::read(&directory)?;
    let mut report = Report::default();
    for name in ["plain.db", "encrypted.db", "salted.db"] {
        let database = manifest.database(name)?;
        let opened = Opened::copy_of(&directory, name, &database).await?;
        replay::compare(name, &opened.app, &database, &mut report).await?;
        append::append(name, &opened, &database, &mut report).await?;
    }
    damage::refuse_all(&directory, &manifest, &mut report).await?;
    for difference in &report.differences {
        println!("DIFFERS: {difference}");
    }
    println!(
        "{} aggregates replayed at {} versions, {} other sequences verified, {} damaged stores refused, {} stores appended \
         to, {} differences",
        report.replayed,
        report.versions,
        report.verified,
        report.refused,
        report.appended,
        report.differences.len(),
    );
    Ok(if report.differences.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// An open copy of a store. The original is not changed.
struct Opened {
    app: Application,
    path: PathBuf,
    key_file: Option<PathBuf>,
    _folder: tempfile::TempDir,
}

impl Opened {
    async fn copy_of(directory: &Path, file: &str, database: &Database) -> Result<Self, BoxError> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(file);
        std::fs::copy(directory.join(file), &path).map_err(|error| format!("{file}: {error}"))?;
        let key_file = database
            .cipher_key_file
            .as_ref()
            .map(|name| directory.join(name));
        let mut builder = Application::builder()
            .uri(format!("sqlite:///{}", path.display()))
            .salt(database.salt.as_str());
        if let Some(key_file) = &key_file {
            builder = builder.cipher_key(std::fs::read_to_string(key_file)?.trim());
        }
        Ok(Self {
            app: builder.open().await?,
            path,
            key_file,
            _folder: folder,
        })
    }
}
