#[es::event]
pub struct Happened;

#[es::subscribe_to]
fn handle(_: &Happened) {}

fn main() {
    es::Bus::new().register::<handle>();
}
