#[es::aggregate]
pub struct World {
    #[attribute(name = ruler, default = "gods")]
    one: String,
    #[attribute(setter = "set_it", getter("it"), skip)]
    two: String,
    #[attribute(skip = setter, name, setter, getter)]
    three: String,
}

fn main() {}
