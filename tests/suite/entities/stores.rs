//! Copies of the stores that Python wrote, with their descriptions.

use es::Application;

use super::manifest::{Database, Manifest};
use crate::vectors;

pub struct Opened {
    pub app: Application,
    pub database: Database,
    _folder: tempfile::TempDir,
}

impl Opened {
    /// Opens a copy, so that the original stays unchanged.
    pub async fn copy_of(name: &str) -> Self {
        let manifest = Manifest::read(vectors::path("manifest.json").parent().unwrap()).unwrap();
        let database = manifest.database(name).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join(name);
        std::fs::copy(vectors::path(name), &copy).unwrap();
        let mut builder = Application::builder()
            .uri(format!("sqlite:///{}", copy.display()))
            .salt(database.salt.as_str());
        if let Some(key) = &database.cipher_key_file {
            let key = std::fs::read_to_string(vectors::path(key)).unwrap();
            builder = builder.cipher_key(key.trim());
        }
        Self {
            app: builder.open().await.unwrap(),
            database,
            _folder: folder,
        }
    }
}
