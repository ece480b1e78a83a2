#[es::event]
pub struct Happened;

#[es::event]
pub struct Ended;

#[es::subscribe_to(Happened)]
fn handle(_: &Ended) {}

fn main() {
    es::Bus::new().register::<handle>();
}
