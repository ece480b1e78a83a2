/// A cat.
pub struct Cat {
    __made_by_create: ::es::__private::AggregateState<Cat>,
}
/// The payload of the `Created` event of [`Cat`]: its initial values.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde")]
pub struct CatCreated {}
/// The payload of the `AttributeChanged` event of [`Cat`]: an attribute and its new value.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde", tag = "name", content = "value")]
pub enum CatAttribute {}
#[automatically_derived]
impl ::es::__private::Mutate<Cat> for CatAttribute {
    #[allow(unused_variables)]
    fn mutate(&self, aggregate: &mut Cat) {
        match *self {}
    }
}
#[automatically_derived]
impl ::es::__private::EventOf<Cat> for CatAttribute {
    type Status = ::es::__private::Status<Self, false>;
    const OPS: ::es::__private::Ops<Cat, Self> = ::es::__private::library_ops(
        "Cat.AttributeChanged",
        "AttributeChanged",
        CatEvent::AttributeChanged,
        <Self as ::es::__private::Mutate<Cat>>::mutate,
    );
}
/// The events of [`Cat`].
#[allow(dead_code)]
pub enum CatEvent {
    /// The entity was created.
    Created(CatCreated),
    /// An attribute was changed.
    AttributeChanged(CatAttribute),
    /// The entity was discarded.
    Discarded(::es::__private::Discarded),
}
#[automatically_derived]
impl ::core::clone::Clone for CatEvent {
    fn clone(&self) -> Self {
        match self {
            Self::Created(event) => {
                Self::Created(
                    <Cat as ::es::__private::AggregateParts>::CREATED_OPS.clone(event),
                )
            }
            Self::AttributeChanged(event) => {
                Self::AttributeChanged(
                    <CatAttribute as ::es::__private::EventOf<Cat>>::OPS.clone(event),
                )
            }
            Self::Discarded(event) => {
                Self::Discarded(
                    <Cat as ::es::__private::AggregateParts>::DISCARDED_OPS.clone(event),
                )
            }
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for CatEvent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Created(event) => {
                <Cat as ::es::__private::AggregateParts>::CREATED_OPS.debug(event, f)
            }
            Self::AttributeChanged(event) => {
                <CatAttribute as ::es::__private::EventOf<Cat>>::OPS.debug(event, f)
            }
            Self::Discarded(event) => {
                <Cat as ::es::__private::AggregateParts>::DISCARDED_OPS.debug(event, f)
            }
        }
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for CatEvent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Created(one), Self::Created(other)) => {
                <Cat as ::es::__private::AggregateParts>::CREATED_OPS.eq(one, other)
            }
            (Self::AttributeChanged(one), Self::AttributeChanged(other)) => {
                <CatAttribute as ::es::__private::EventOf<Cat>>::OPS.eq(one, other)
            }
            (Self::Discarded(one), Self::Discarded(other)) => {
                <Cat as ::es::__private::AggregateParts>::DISCARDED_OPS.eq(one, other)
            }
            _ => false,
        }
    }
}
#[automatically_derived]
impl ::es::__private::EventPayload for CatCreated {}
#[automatically_derived]
impl ::es::__private::EventPayload for CatAttribute {}
#[automatically_derived]
impl ::core::convert::From<CatCreated> for CatEvent {
    fn from(event: CatCreated) -> Self {
        Self::Created(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<CatAttribute> for CatEvent {
    fn from(event: CatAttribute) -> Self {
        Self::AttributeChanged(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<::es::__private::Discarded> for CatEvent {
    fn from(event: ::es::__private::Discarded) -> Self {
        Self::Discarded(event)
    }
}
#[automatically_derived]
impl ::es::__private::Aggregate for Cat {
    const TOPIC: &'static str = "Cat";
    const KIND: ::es::__private::EntityKind = ::es::__private::EntityKind::ENTITY
        .versioned()
        .unchained();
}
#[automatically_derived]
impl ::es::__private::AggregateParts for Cat {
    type Event = CatEvent;
    type Created = CatCreated;
    const WAS: &'static [&'static str] = &[];
    const BASE: &'static str = "Cat";
    const CREATED_SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(&[]),
    );
    const ATTRIBUTES: &'static [::es::__private::Field] = &[];
    const CREATED_OPS: ::es::__private::Ops<Self, CatCreated> = ::es::__private::library_ops(
        "Cat.Created",
        "Created",
        CatEvent::Created,
        ::es::__private::unchanged,
    );
    const DISCARDED_OPS: ::es::__private::Ops<Self, ::es::__private::Discarded> = ::es::__private::library_ops(
        "Cat.Discarded",
        "Discarded",
        CatEvent::Discarded,
        ::es::__private::unchanged,
    );
    const EVENTS: &'static [::es::__private::EventKind<Self>] = &[
        ::es::__private::EventKind::created(),
        ::es::__private::EventKind::new::<CatAttribute>(),
        ::es::__private::EventKind::discarded(),
    ];
    #[allow(unused_variables)]
    fn __new(created: CatCreated, state: ::es::__private::AggregateState<Self>) -> Self {
        Self { __made_by_create: state }
    }
    fn __state(&self) -> &::es::__private::AggregateState<Self> {
        &self.__made_by_create
    }
    fn __state_mut(&mut self) -> &mut ::es::__private::AggregateState<Self> {
        &mut self.__made_by_create
    }
    fn __mutate(&mut self, event: &CatEvent) {
        match event {
            CatEvent::Created(event) => {
                <Cat as ::es::__private::AggregateParts>::CREATED_OPS.mutate(event, self)
            }
            CatEvent::AttributeChanged(event) => {
                <CatAttribute as ::es::__private::EventOf<Cat>>::OPS.mutate(event, self)
            }
            CatEvent::Discarded(event) => {
                <Cat as ::es::__private::AggregateParts>::DISCARDED_OPS
                    .mutate(event, self)
            }
        }
    }
    fn __payload(event: &CatEvent) -> &::es::__private::AnyPayload {
        match event {
            CatEvent::Created(event) => event,
            CatEvent::AttributeChanged(event) => event,
            CatEvent::Discarded(event) => event,
        }
    }
}
#[automatically_derived]
impl ::es::__private::Versioned for Cat {}
::es::__private::inventory::submit! {
    ::es::__private::Registered::new:: < Cat > ()
}
#[allow(dead_code, clippy::too_many_arguments)]
impl Cat {
    /// Creates a new `Cat` with a generated id. The `CatCreated` event is pending until the entity is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create() -> ::es::__private::Result<Self> {
        Self::create_with(::es::__private::new_id())
    }
    /// Creates a new `Cat` with the given id. The `CatCreated` event is pending until the entity is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create_with(id: ::es::__private::Uuid) -> ::es::__private::Result<Self> {
        ::es::__private::create(id, CatCreated {})
    }
}
