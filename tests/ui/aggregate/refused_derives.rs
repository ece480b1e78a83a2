#[es::aggregate]
#[derive(Debug, Default, Clone, Copy)]
#[derive(serde::Serialize, serde::Deserialize)]
pub struct World {
    pub age: u64,
}

fn main() {}
