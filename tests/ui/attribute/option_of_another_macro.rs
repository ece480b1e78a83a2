#[es::aggregate]
pub struct World {
    #[attribute(topic = "x", was("y"), crate = es, events(), base = "z")]
    ruler: String,
}

fn main() {}
