use es::Aggregate as Entity;

#[es::entity(timestamped)]
pub struct Lamp;

fn main() {
    let lamp = Lamp::create().unwrap();
    lamp.version();
}
