#[es::event]
pub struct Happened;

#[es::subscribe_to(Happened)]
fn handle(_: &Happened) -> u64 {
    1
}

fn main() {}
