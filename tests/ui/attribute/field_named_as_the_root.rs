#[es::aggregate]
pub struct World {
    #[attribute]
    __made_by_create: String,
}

fn main() {}
