#[es::aggregate(snapshot)]
pub struct World {
    pub history: &'static str,
}

fn main() {}
