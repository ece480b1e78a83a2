#[es::event(round_trip = on)]
pub struct Happened;

#[es::event(round_trip = maybe)]
pub struct Moved;

#[es::event(round_trip)]
pub struct Rested;

fn main() {}
