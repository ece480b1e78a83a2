#[derive(Default, serde::Serialize, serde::Deserialize)]
pub struct Memory;

#[es::aggregate(snapshot)]
pub struct World {
    pub memory: Memory,
}

#[es::aggregate(snapshot, round_trip = off)]
pub struct Moon {
    pub memory: Memory,
}

fn main() {}
