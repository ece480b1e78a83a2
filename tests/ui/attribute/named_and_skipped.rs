#[es::aggregate]
pub struct World {
    #[attribute(setter = rule, skip(setter))]
    ruler: String,
    #[attribute(getter = since, skip(getter))]
    ruled_since: u64,
}

fn main() {}
