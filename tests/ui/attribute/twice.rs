#[es::aggregate]
pub struct World {
    #[attribute]
    #[attribute]
    ruler: String,
    #[created]
    #[created]
    since: u64,
}

fn main() {}
