use es::{aggregate, event};

#[aggregate(events(Created, AttributeChanged, Discarded))]
pub struct World {}

#[event]
pub struct Created;

#[event]
pub struct AttributeChanged;

#[event]
pub struct Discarded;

fn main() {}
