#[es::aggregate]
pub struct World {
    #[attribute]
    population: u64,
}

fn main() {
    let mut world = World::create(1).unwrap();
    let _ = world.set_population("many");
}
