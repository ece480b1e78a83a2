pub struct World {
    #[attribute]
    pub ruler: String,
}

fn main() {}
