#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: String,
}

impl World {
    pub fn ruler(&self) -> &str {
        &self.ruler
    }
}

fn main() {}
