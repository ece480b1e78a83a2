use es::Aggregate as Entity;

#[es::entity(versioned, integrity = off)]
pub struct Lamp;

fn main() {
    let lamp = Lamp::create().unwrap();
    lamp.head();
}
