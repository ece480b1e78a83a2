#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: &'static str,
}

fn main() {}
