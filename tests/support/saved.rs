//! An application in memory, and a saved world.

use es::Application;

use crate::world::World;

pub async fn memory() -> Application {
    Application::builder()
        .uri("sqlite::memory:")
        .open()
        .await
        .unwrap()
}

pub async fn saved(app: &Application, things: &[&str]) -> World {
    let mut world = World::create("gods").unwrap();
    for thing in things {
        world.make_it_so(*thing).unwrap();
    }
    app.save(&mut world).await.unwrap();
    world
}
