//! The manifest of a set of vectors, by the program that wrote the stores.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use uuid::Uuid;

use crate::BoxError;

#[derive(Deserialize)]
pub struct Manifest {
    databases: BTreeMap<String, es::json::Value>,
    pub tampered: BTreeMap<String, Tampered>,
}

#[derive(Deserialize)]
pub struct Database {
    pub salt: String,
    pub cipher_key_file: Option<String>,
    pub total_events: u64,
    pub aggregates: Vec<Aggregate>,
}

#[derive(Deserialize)]
pub struct Aggregate {
    pub id: Uuid,
    pub entity_topic: String,
    pub head: Option<String>,
    pub versions: Vec<AtVersion>,
}

#[derive(Deserialize)]
pub struct AtVersion {
    pub version: Option<u64>,
    pub head: Option<String>,
    pub discarded: bool,
    pub state: Option<String>,
}

#[derive(Deserialize)]
pub struct Tampered {
    pub based_on: String,
    pub change: String,
    pub sequence_id: Uuid,
    pub entity_topic: Option<String>,
    pub detected_by_replay: bool,
    pub expected: Expected,
}

#[derive(Deserialize)]
pub struct Expected {
    pub replay_error: Option<String>,
    pub at_row_position: Option<i64>,
}

impl Manifest {
    pub fn read(directory: &Path) -> Result<Self, BoxError> {
        let path = directory.join("manifest.json");
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(es::json::from_str(&text)?)
    }

    /// Returns the entry of a database of entities.
    pub fn database(&self, name: &str) -> Result<Database, BoxError> {
        let database = self
            .databases
            .get(name)
            .ok_or_else(|| format!("the manifest has no `{name}`"))?;
        Ok(es::json::from_str(&database.to_string())?)
    }
}
