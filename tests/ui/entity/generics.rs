#[es::entity]
pub struct Lamp<T> {
    place: T,
}

fn main() {}
