#[es::aggregate]
pub struct World {
    #[attribute]
    version: u64,
    #[attribute]
    head: String,
    #[attribute]
    created_on: u64,
    #[attribute(setter = trigger, getter = discard)]
    last_modified: u64,
    #[attribute]
    is_discarded: bool,
    #[attribute]
    pending_events: u64,
    #[attribute]
    create: u64,
}

fn main() {}
