#[es::aggregate]
pub struct World {
    #[created(name = "god")]
    ruler: String,
    #[created = "x"]
    since: u64,
}

fn main() {}
