//! Messages about an entity name it an entity.

#[es::event]
pub struct Created;

#[es::entity(events(Created))]
#[derive(Default)]
#[serde(transparent)]
pub struct Lamp {
    #[attribute]
    id: u64,
    #[attribute]
    head: u64,
}

fn main() {}
