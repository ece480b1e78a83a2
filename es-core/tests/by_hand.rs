//! What `#[aggregate]` and `#[event]` write, by hand.
#![allow(missing_docs, clippy::unwrap_used)]

use es_core::domain::{Aggregate, DomainEvent, Mutate, Replay, Salt, Stored, Walk};

use es_core::__private as es;

#[derive(Debug, Clone, PartialEq)]
pub struct World {
    ruler: String,
    pub history: Vec<String>,
    __made_by_create: es::Root<World>,
}

#[derive(Debug, Clone, PartialEq, es::serde::Serialize, es::serde::Deserialize)]
#[serde(crate = "es_core::__private::serde")]
pub struct SomethingHappened {
    pub what: String,
}

impl es::Event for SomethingHappened {
    const NAME: &'static str = "SomethingHappened";
}

impl Mutate<World> for SomethingHappened {
    fn mutate(&self, world: &mut World) {
        world.history.push(self.what.clone());
    }
}

#[derive(Debug, Clone, PartialEq, es::serde::Serialize, es::serde::Deserialize)]
#[serde(crate = "es_core::__private::serde")]
pub struct WorldCreated {
    pub ruler: String,
}

#[derive(Debug, Clone, PartialEq, es::serde::Serialize, es::serde::Deserialize)]
#[serde(crate = "es_core::__private::serde", tag = "name", content = "value")]
pub enum WorldAttribute {
    #[serde(rename = "_ruler")]
    Ruler(String),
}

impl Mutate<World> for WorldAttribute {
    fn mutate(&self, world: &mut World) {
        match self {
            Self::Ruler(value) => world.ruler.clone_from(value),
        }
    }
}

pub enum WorldEvent {
    Created(WorldCreated),
    AttributeChanged(WorldAttribute),
    Discarded(es::Discarded),
    SomethingHappened(SomethingHappened),
}

impl Clone for WorldEvent {
    fn clone(&self) -> Self {
        match self {
            Self::Created(event) => Self::Created(World::CREATED_OPS.clone(event)),
            Self::AttributeChanged(event) => {
                Self::AttributeChanged(<WorldAttribute as es::EventOf<World>>::OPS.clone(event))
            }
            Self::Discarded(event) => Self::Discarded(World::DISCARDED_OPS.clone(event)),
            Self::SomethingHappened(event) => {
                Self::SomethingHappened(<SomethingHappened as es::EventOf<World>>::OPS.clone(event))
            }
        }
    }
}

impl std::fmt::Debug for WorldEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Created(event) => World::CREATED_OPS.debug(event, f),
            Self::AttributeChanged(event) => {
                <WorldAttribute as es::EventOf<World>>::OPS.debug(event, f)
            }
            Self::Discarded(event) => World::DISCARDED_OPS.debug(event, f),
            Self::SomethingHappened(event) => {
                <SomethingHappened as es::EventOf<World>>::OPS.debug(event, f)
            }
        }
    }
}

impl PartialEq for WorldEvent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Created(one), Self::Created(two)) => World::CREATED_OPS.eq(one, two),
            (Self::AttributeChanged(one), Self::AttributeChanged(two)) => {
                <WorldAttribute as es::EventOf<World>>::OPS.eq(one, two)
            }
            (Self::Discarded(one), Self::Discarded(two)) => World::DISCARDED_OPS.eq(one, two),
            (Self::SomethingHappened(one), Self::SomethingHappened(two)) => {
                <SomethingHappened as es::EventOf<World>>::OPS.eq(one, two)
            }
            _ => false,
        }
    }
}

impl es::EventOf<World> for SomethingHappened {
    const OPS: es::Ops<World, Self> = es::ops::<World, Self>(WorldEvent::SomethingHappened);
}

impl es::EventOf<World> for WorldAttribute {
    const OPS: es::Ops<World, Self> = es::library_ops(
        "World.AttributeChanged",
        "AttributeChanged",
        WorldEvent::AttributeChanged,
        <Self as es::Mutate<World>>::mutate,
    );
}

impl es::Aggregate for World {
    type Event = WorldEvent;
    type Created = WorldCreated;
    const TOPIC: &'static str = "World";
    const WAS: &'static [&'static str] = &[];
    const BASE: &'static str = "World";
    const CREATED_OPS: es::Ops<Self, WorldCreated> = es::library_ops(
        "World.Created",
        "Created",
        WorldEvent::Created,
        es::unchanged,
    );
    const DISCARDED_OPS: es::Ops<Self, es::Discarded> = es::library_ops(
        "World.Discarded",
        "Discarded",
        WorldEvent::Discarded,
        es::unchanged,
    );
    const EVENTS: &'static [es::EventKind<Self>] = &[
        es::EventKind::created(),
        es::EventKind::of::<WorldAttribute>(),
        es::EventKind::discarded(),
        es::EventKind::of::<SomethingHappened>(),
    ];

    fn __new(created: WorldCreated, root: es::Root<Self>) -> Self {
        Self {
            ruler: created.ruler,
            history: Default::default(),
            __made_by_create: root,
        }
    }
    fn __root(&self) -> &es::Root<Self> {
        &self.__made_by_create
    }
    fn __root_mut(&mut self) -> &mut es::Root<Self> {
        &mut self.__made_by_create
    }
    fn __mutate(&mut self, event: &WorldEvent) {
        match event {
            WorldEvent::Created(_) | WorldEvent::Discarded(_) => {}
            WorldEvent::AttributeChanged(event) => {
                <WorldAttribute as es::EventOf<World>>::OPS.mutate(event, self)
            }
            WorldEvent::SomethingHappened(event) => {
                <SomethingHappened as es::EventOf<World>>::OPS.mutate(event, self)
            }
        }
    }
    fn __payload(event: &WorldEvent) -> &es::AnyPayload {
        match event {
            WorldEvent::Created(event) => event,
            WorldEvent::AttributeChanged(event) => event,
            WorldEvent::Discarded(event) => event,
            WorldEvent::SomethingHappened(event) => event,
        }
    }
}

es_core::inventory::submit! { es::Registered::of::<World>() }

impl World {
    pub fn create(ruler: impl Into<String>) -> es::Result<Self> {
        Self::create_with(es::new_id(), ruler)
    }
    pub fn create_with(id: es::Uuid, ruler: impl Into<String>) -> es::Result<Self> {
        es::create(
            id,
            WorldCreated {
                ruler: ruler.into(),
            },
        )
    }
    pub fn ruler(&self) -> &String {
        &self.ruler
    }
    pub fn set_ruler(&mut self, ruler: impl Into<String>) -> es::Result<()> {
        self.trigger(WorldAttribute::Ruler(ruler.into()))
    }
}

#[test]
fn a_world_replays_from_its_pending_events() {
    let mut world = World::create("gods").unwrap();
    world
        .trigger(SomethingHappened {
            what: "dinosaurs".into(),
        })
        .unwrap();
    world.set_ruler("money").unwrap();
    assert_eq!(
        (world.ruler().as_str(), world.version().get()),
        ("money", 2)
    );

    let mut replay = Replay::<World>::new(world.id(), Salt::of_process());
    let mut walk = Walk::new(Salt::of_process());
    for event in world.pending_events() {
        let stored = Stored {
            sequence_id: world.id(),
            position: event.originator_version().into(),
            topic: event.topic(),
            text: event.text(),
        };
        println!("{}", event.text());
        replay.apply(stored).unwrap();
        walk.apply(stored).unwrap();
    }
    assert_eq!(replay.finish().unwrap(), world);
    assert_eq!(walk.finish().head, Some(world.head()));
    let first: &DomainEvent<World> = &world.pending_events()[0];
    assert_eq!(first.payload_as::<WorldCreated>().unwrap().ruler, "gods");
}
