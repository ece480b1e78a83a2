#[es::event]
pub struct Happened;

fn handle(_: &Happened) {}

struct Handle;

fn main() {
    es::Bus::new().register::<Handle>();
}
