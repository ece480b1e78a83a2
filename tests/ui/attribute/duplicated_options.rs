#[es::aggregate]
pub struct World {
    #[attribute(name = "a", name = "a", default, default)]
    one: String,
    #[attribute(setter = a, setter = b, getter = c, getter = d)]
    two: String,
    #[attribute(skip(setter), skip(getter))]
    three: String,
}

fn main() {}
