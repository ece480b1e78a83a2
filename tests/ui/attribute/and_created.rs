#[es::aggregate]
pub struct World {
    #[attribute]
    #[created]
    ruler: String,
    #[created]
    #[attribute]
    since: u64,
}

fn main() {}
