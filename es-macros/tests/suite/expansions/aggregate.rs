/// A little world.
#[derive(Debug)]
pub struct World {
    /// The ruler.
    ruler: String,
    pub history: Vec<String>,
    __made_by_create: ::es::__private::AggregateState<World>,
}
const _: () = {
    ::es::__private::storable::<String>();
    ::es::__private::sendable::<Vec<String>>();
};
/// The payload of the `Created` event of [`World`]: its initial values.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde")]
pub struct WorldCreated {
    /// The ruler.
    pub ruler: String,
}
/// The payload of the `AttributeChanged` event of [`World`]: an attribute and its new value.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde", tag = "name", content = "value")]
pub enum WorldAttribute {
    /// The ruler.
    #[serde(rename = "_ruler")]
    Ruler(String),
}
#[automatically_derived]
impl ::es::__private::Mutate<World> for WorldAttribute {
    #[allow(unused_variables)]
    fn mutate(&self, aggregate: &mut World) {
        match *self {
            Self::Ruler(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.ruler, value)
            }
        }
    }
}
#[automatically_derived]
impl ::es::__private::EventOf<World> for WorldAttribute {
    type Status = ::es::__private::Status<Self, false>;
    const OPS: ::es::__private::Ops<World, Self> = ::es::__private::library_ops(
        "World.AttributeChanged",
        "AttributeChanged",
        WorldEvent::AttributeChanged,
        <Self as ::es::__private::Mutate<World>>::mutate,
    );
}
/// The events of [`World`].
#[allow(dead_code)]
pub enum WorldEvent {
    /// The aggregate was created.
    Created(WorldCreated),
    /// An attribute was changed.
    AttributeChanged(WorldAttribute),
    /// The aggregate was discarded.
    Discarded(::es::__private::Discarded),
    /// The `SomethingHappened` event.
    SomethingHappened(SomethingHappened),
}
#[automatically_derived]
impl ::core::clone::Clone for WorldEvent {
    fn clone(&self) -> Self {
        match self {
            Self::Created(event) => {
                Self::Created(
                    <World as ::es::__private::AggregateParts>::CREATED_OPS.clone(event),
                )
            }
            Self::AttributeChanged(event) => {
                Self::AttributeChanged(
                    <WorldAttribute as ::es::__private::EventOf<World>>::OPS.clone(event),
                )
            }
            Self::Discarded(event) => {
                Self::Discarded(
                    <World as ::es::__private::AggregateParts>::DISCARDED_OPS
                        .clone(event),
                )
            }
            Self::SomethingHappened(event) => {
                Self::SomethingHappened(
                    <SomethingHappened as ::es::__private::EventOf<World>>::OPS
                        .clone(event),
                )
            }
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for WorldEvent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Created(event) => {
                <World as ::es::__private::AggregateParts>::CREATED_OPS.debug(event, f)
            }
            Self::AttributeChanged(event) => {
                <WorldAttribute as ::es::__private::EventOf<World>>::OPS.debug(event, f)
            }
            Self::Discarded(event) => {
                <World as ::es::__private::AggregateParts>::DISCARDED_OPS.debug(event, f)
            }
            Self::SomethingHappened(event) => {
                <SomethingHappened as ::es::__private::EventOf<World>>::OPS
                    .debug(event, f)
            }
        }
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for WorldEvent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Created(one), Self::Created(other)) => {
                <World as ::es::__private::AggregateParts>::CREATED_OPS.eq(one, other)
            }
            (Self::AttributeChanged(one), Self::AttributeChanged(other)) => {
                <WorldAttribute as ::es::__private::EventOf<World>>::OPS.eq(one, other)
            }
            (Self::Discarded(one), Self::Discarded(other)) => {
                <World as ::es::__private::AggregateParts>::DISCARDED_OPS.eq(one, other)
            }
            (Self::SomethingHappened(one), Self::SomethingHappened(other)) => {
                <SomethingHappened as ::es::__private::EventOf<World>>::OPS
                    .eq(one, other)
            }
            _ => false,
        }
    }
}
#[automatically_derived]
impl ::es::__private::EventPayload for WorldCreated {}
#[automatically_derived]
impl ::es::__private::EventPayload for WorldAttribute {}
#[automatically_derived]
impl ::core::convert::From<WorldCreated> for WorldEvent {
    fn from(event: WorldCreated) -> Self {
        Self::Created(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<WorldAttribute> for WorldEvent {
    fn from(event: WorldAttribute) -> Self {
        Self::AttributeChanged(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<::es::__private::Discarded> for WorldEvent {
    fn from(event: ::es::__private::Discarded) -> Self {
        Self::Discarded(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<SomethingHappened> for WorldEvent {
    fn from(event: SomethingHappened) -> Self {
        Self::SomethingHappened(event)
    }
}
#[automatically_derived]
impl ::es::__private::EventOf<World> for SomethingHappened {
    type Status = ::es::__private::Status<
        Self,
        { <Self as ::es::__private::EventOf<World>>::OPS.is_retired() },
    >;
    const OPS: ::es::__private::Ops<World, Self> = ::es::__private::ops::<
        World,
        SomethingHappened,
    >(WorldEvent::SomethingHappened);
}
const _: () = if let ::core::option::Option::Some(fault) = ::es::__private::topic_fault::<
    World,
    SomethingHappened,
>([(), (), ()].len()) {
    ::core::panic!("{}", fault)
};
#[automatically_derived]
impl ::es::__private::Aggregate for World {
    const TOPIC: &'static str = "World";
    const KIND: ::es::__private::EntityKind = ::es::__private::EntityKind::AGGREGATE;
}
#[automatically_derived]
impl ::es::__private::AggregateParts for World {
    type Event = WorldEvent;
    type Created = WorldCreated;
    const WAS: &'static [&'static str] = &[];
    const BASE: &'static str = "World";
    const CREATED_SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(&[::es::__private::Field::new("ruler", "String")]),
    );
    const ATTRIBUTES: &'static [::es::__private::Field] = &[
        ::es::__private::Field::new("_ruler", "String"),
    ];
    const CREATED_OPS: ::es::__private::Ops<Self, WorldCreated> = ::es::__private::library_ops(
        "World.Created",
        "Created",
        WorldEvent::Created,
        ::es::__private::unchanged,
    );
    const DISCARDED_OPS: ::es::__private::Ops<Self, ::es::__private::Discarded> = ::es::__private::library_ops(
        "World.Discarded",
        "Discarded",
        WorldEvent::Discarded,
        ::es::__private::unchanged,
    );
    const EVENTS: &'static [::es::__private::EventKind<Self>] = &[
        ::es::__private::EventKind::created(),
        ::es::__private::EventKind::new::<WorldAttribute>(),
        ::es::__private::EventKind::discarded(),
        ::es::__private::EventKind::new::<SomethingHappened>(),
    ];
    #[allow(unused_variables)]
    fn __new(
        created: WorldCreated,
        state: ::es::__private::AggregateState<Self>,
    ) -> Self {
        Self {
            ruler: created.ruler,
            history: ::es::__private::initial::<Vec<String>>(),
            __made_by_create: state,
        }
    }
    fn __state(&self) -> &::es::__private::AggregateState<Self> {
        &self.__made_by_create
    }
    fn __state_mut(&mut self) -> &mut ::es::__private::AggregateState<Self> {
        &mut self.__made_by_create
    }
    fn __mutate(&mut self, event: &WorldEvent) {
        match event {
            WorldEvent::Created(event) => {
                <World as ::es::__private::AggregateParts>::CREATED_OPS
                    .mutate(event, self)
            }
            WorldEvent::AttributeChanged(event) => {
                <WorldAttribute as ::es::__private::EventOf<World>>::OPS
                    .mutate(event, self)
            }
            WorldEvent::Discarded(event) => {
                <World as ::es::__private::AggregateParts>::DISCARDED_OPS
                    .mutate(event, self)
            }
            WorldEvent::SomethingHappened(event) => {
                <SomethingHappened as ::es::__private::EventOf<World>>::OPS
                    .mutate(event, self)
            }
        }
    }
    fn __payload(event: &WorldEvent) -> &::es::__private::AnyPayload {
        match event {
            WorldEvent::Created(event) => event,
            WorldEvent::AttributeChanged(event) => event,
            WorldEvent::Discarded(event) => event,
            WorldEvent::SomethingHappened(event) => event,
        }
    }
}
#[automatically_derived]
impl ::es::__private::Versioned for World {}
#[automatically_derived]
impl ::es::__private::Timestamped for World {}
#[automatically_derived]
impl ::es::__private::HashChained for World {}
::es::__private::inventory::submit! {
    ::es::__private::Registered::new:: < World > ()
}
#[allow(dead_code, clippy::too_many_arguments)]
impl World {
    /// Creates a new `World` with a generated id. The `WorldCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create(
        ruler: impl ::core::convert::Into<String>,
    ) -> ::es::__private::Result<Self> {
        Self::create_with(::es::__private::new_id(), ruler)
    }
    /// Creates a new `World` with the given id. The `WorldCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create_with(
        id: ::es::__private::Uuid,
        ruler: impl ::core::convert::Into<String>,
    ) -> ::es::__private::Result<Self> {
        ::es::__private::create(
            id,
            WorldCreated {
                ruler: ::core::convert::Into::into(ruler),
            },
        )
    }
    /// The ruler.
    pub fn ruler(&self) -> &::core::primitive::str {
        &self.ruler
    }
    /// Triggers `AttributeChanged` to set `ruler`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_ruler(
        &mut self,
        value: impl ::core::convert::Into<String>,
    ) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(
            self,
            WorldAttribute::Ruler(::core::convert::Into::into(value)),
        )
    }
}
