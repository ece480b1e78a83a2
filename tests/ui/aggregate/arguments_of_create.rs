#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: String,
    #[created]
    since: u64,
    pub history: Vec<String>,
}

fn main() {
    let _ = World::create();
    let _ = World::create("gods", "long ago");
}
