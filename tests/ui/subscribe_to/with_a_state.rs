#[es::event]
pub struct Happened;

#[es::subscribe_to(Happened)]
fn handle(_: &u64, _: &Happened) {}

fn main() {
    es::Bus::new().register::<handle>();
}
