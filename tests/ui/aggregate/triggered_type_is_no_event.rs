use es::{Aggregate, aggregate};

#[aggregate]
pub struct World {}

impl World {
    pub fn happen(&mut self) -> es::Result<()> {
        self.trigger(String::new())
    }
}

fn main() {}
