#[es::aggregate]
pub struct World {
    #[attribute]
    ruler: String,
}

fn main() {
    let _ = World { ruler: String::new() };
}
