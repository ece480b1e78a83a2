#[es::aggregate]
pub struct World<T> {
    pub history: Vec<T>,
}

fn main() {}
