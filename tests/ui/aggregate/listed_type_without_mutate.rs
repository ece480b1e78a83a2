use es::{aggregate, event};

#[aggregate(events(Happened))]
pub struct World {}

#[event]
pub struct Happened {
    pub what: String,
}

fn main() {}
