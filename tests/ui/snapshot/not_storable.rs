#[derive(Default)]
pub struct Memory;

#[es::aggregate(snapshot)]
pub struct World {
    pub memory: Memory,
}

fn main() {}
