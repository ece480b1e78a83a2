//! Copies of the stores that the Python library wrote, and what it says of them.

use es::Application;

use super::manifest::{Database, Manifest};
use crate::vectors;

pub struct Opened {
    pub app: Application,
    pub database: Database,
    _folder: tempfile::TempDir,
}

impl Opened {
    /// A copy; the original stays as it is.
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
