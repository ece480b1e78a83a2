#[es::aggregate]
pub struct World {
    #[attribute(name = "")]
    ruler: String,
}

fn main() {}
