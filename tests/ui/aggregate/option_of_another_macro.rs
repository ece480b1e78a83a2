#[es::aggregate(name = "World", setter = set_it, getter = it, skip(setter), default)]
pub struct World {
    pub history: Vec<String>,
}

fn main() {}
