#[es::aggregate(events("Happened", Happened<u8>, fn(), one::Happened(), #[cfg(all())]))]
pub struct World {}

fn main() {}
