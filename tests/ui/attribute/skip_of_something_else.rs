#[es::aggregate]
pub struct World {
    #[attribute(skip(creation, setter, setter))]
    ruler: String,
}

fn main() {}
