#[es::aggregate]
pub struct World {
    #[serde(default)]
    pub history: Vec<String>,
}

fn main() {}
