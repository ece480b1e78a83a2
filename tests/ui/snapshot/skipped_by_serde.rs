#[es::aggregate(snapshot)]
pub struct World {
    #[serde(skip)]
    pub memory: u8,
    #[serde(skip_serializing, default)]
    pub age: u8,
    #[cfg_attr(all(), serde(skip))]
    pub weight: u8,
}

fn main() {}
