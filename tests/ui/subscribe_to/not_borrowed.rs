#[es::event]
pub struct Happened;

#[es::subscribe_to(Happened)]
fn handle(_: Happened) {}

#[es::subscribe_to(Happened)]
fn change(_: &mut Happened) {}

#[es::subscribe_to(Happened)]
fn count(_: &mut u64, _: &Happened) {}

fn main() {
    es::Bus::new().register::<handle>();
}
