#[es::aggregate]
pub struct World {
    #[attribute(setr = set_it)]
    ruler: String,
}

fn main() {}
