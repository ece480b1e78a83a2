//! A store in a file that tests reopen, and change without the application.

use std::path::{Path, PathBuf};

use es::application::ApplicationBuilder;
use es::error::{Damage, IntegrityError};
use es::{Aggregate, Application, Error};
use rusqlite::Connection;

use crate::world::World;

pub struct Store {
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Store {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            path: folder.path().join("events.db"),
            _folder: folder,
        }
    }

    /// Permits shared topics, because some tests hold several releases of a program.
    pub fn builder(&self) -> ApplicationBuilder {
        Application::builder()
            .allow_shared_topics()
            .uri(uri(&self.path))
    }

    #[allow(dead_code, reason = "not all tests open it so")]
    pub async fn open(&self) -> Application {
        self.builder().open().await.unwrap()
    }

    /// Executes a statement on the file without the application.
    pub fn edit(&self, statement: &str, parameters: impl rusqlite::Params) {
        let connection = Connection::open(&self.path).unwrap();
        assert_eq!(connection.execute(statement, parameters).unwrap(), 1);
    }
}

fn uri(path: &Path) -> String {
    format!("sqlite:///{}", path.display())
}

/// Saves a world with three events.
pub async fn saved(app: &Application) -> World {
    let mut world = World::create("gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    world.make_it_so("trucks").unwrap();
    app.save(&mut world).await.unwrap();
    world
}

/// Returns the damage and its position.
pub fn damage(result: es::Result<World>) -> (Damage, es::Position) {
    match result {
        Err(Error::Integrity(IntegrityError {
            damage, position, ..
        })) => (damage, position),
        other => panic!("{:?}", other.map(|world| world.head())),
    }
}
