#[es::event(topic = "x", events(A), base = "y", setter = z, getter = z, skip(setter), default)]
pub struct Happened;

fn main() {}
