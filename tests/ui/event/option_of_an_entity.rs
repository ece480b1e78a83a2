#[es::event(versioned, integrity = off)]
pub struct Happened;

fn main() {}
