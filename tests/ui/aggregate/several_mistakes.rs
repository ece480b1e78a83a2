use es::{Mutate, aggregate, event};

#[aggregate(events(Happened, Happened, Created), topic = "a b", base)]
#[derive(Debug, Default)]
pub struct World {
    #[attribute(nam = "ruler", setter = version)]
    ruler: String,
    #[attribute]
    #[created]
    head: String,
    #[created(late)]
    timestamp: u64,
    pub history: Vec<String>,
}

#[event]
pub struct Happened;

impl Mutate<World> for Happened {
    fn mutate(&self, world: &mut World) {
        world.history.push(world.ruler().to_owned());
    }
}

#[event(named = "X")]
pub struct Created;

pub fn rule(world: &mut World) -> es::Result<()> {
    world.set_head("x")?;
    es::Aggregate::trigger(world, Happened)
}

fn main() {}
