#[es::aggregate]
pub enum World {
    Flat,
    Round,
}

fn main() {}
