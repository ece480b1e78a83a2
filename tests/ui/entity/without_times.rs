use es::Aggregate as Entity;

#[es::entity(versioned)]
pub struct Lamp;

fn main() {
    let lamp = Lamp::create().unwrap();
    lamp.last_modified();
}
