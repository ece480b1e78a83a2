#[es::event]
pub struct Größer;

fn main() {}
