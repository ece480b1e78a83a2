struct Empty {
    __made_by_create: ::es::__private::AggregateState<Empty>,
}
/// The payload of the `Created` event of [`Empty`]: its initial values.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde")]
struct EmptyCreated {}
/// The payload of the `AttributeChanged` event of [`Empty`]: an attribute and its new value.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde", tag = "name", content = "value")]
enum EmptyAttribute {}
#[automatically_derived]
impl ::es::__private::Mutate<Empty> for EmptyAttribute {
    #[allow(unused_variables)]
    fn mutate(&self, aggregate: &mut Empty) {
        match *self {}
    }
}
#[automatically_derived]
impl ::es::__private::EventOf<Empty> for EmptyAttribute {
    type Status = ::es::__private::Status<Self, false>;
    const OPS: ::es::__private::Ops<Empty, Self> = ::es::__private::library_ops(
        "Empty.AttributeChanged",
        "AttributeChanged",
        EmptyEvent::AttributeChanged,
        <Self as ::es::__private::Mutate<Empty>>::mutate,
    );
}
/// The events of [`Empty`].
#[allow(dead_code)]
enum EmptyEvent {
    /// The aggregate was created.
    Created(EmptyCreated),
    /// An attribute was changed.
    AttributeChanged(EmptyAttribute),
    /// The aggregate was discarded.
    Discarded(::es::__private::Discarded),
}
#[automatically_derived]
impl ::core::clone::Clone for EmptyEvent {
    fn clone(&self) -> Self {
        match self {
            Self::Created(event) => {
                Self::Created(
                    <Empty as ::es::__private::AggregateParts>::CREATED_OPS.clone(event),
                )
            }
            Self::AttributeChanged(event) => {
                Self::AttributeChanged(
                    <EmptyAttribute as ::es::__private::EventOf<Empty>>::OPS.clone(event),
                )
            }
            Self::Discarded(event) => {
                Self::Discarded(
                    <Empty as ::es::__private::AggregateParts>::DISCARDED_OPS
                        .clone(event),
                )
            }
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for EmptyEvent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Created(event) => {
                <Empty as ::es::__private::AggregateParts>::CREATED_OPS.debug(event, f)
            }
            Self::AttributeChanged(event) => {
                <EmptyAttribute as ::es::__private::EventOf<Empty>>::OPS.debug(event, f)
            }
            Self::Discarded(event) => {
                <Empty as ::es::__private::AggregateParts>::DISCARDED_OPS.debug(event, f)
            }
        }
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for EmptyEvent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Created(one), Self::Created(other)) => {
                <Empty as ::es::__private::AggregateParts>::CREATED_OPS.eq(one, other)
            }
            (Self::AttributeChanged(one), Self::AttributeChanged(other)) => {
                <EmptyAttribute as ::es::__private::EventOf<Empty>>::OPS.eq(one, other)
            }
            (Self::Discarded(one), Self::Discarded(other)) => {
                <Empty as ::es::__private::AggregateParts>::DISCARDED_OPS.eq(one, other)
            }
            _ => false,
        }
    }
}
#[automatically_derived]
impl ::es::__private::EventPayload for EmptyCreated {}
#[automatically_derived]
impl ::es::__private::EventPayload for EmptyAttribute {}
#[automatically_derived]
impl ::core::convert::From<EmptyCreated> for EmptyEvent {
    fn from(event: EmptyCreated) -> Self {
        Self::Created(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<EmptyAttribute> for EmptyEvent {
    fn from(event: EmptyAttribute) -> Self {
        Self::AttributeChanged(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<::es::__private::Discarded> for EmptyEvent {
    fn from(event: ::es::__private::Discarded) -> Self {
        Self::Discarded(event)
    }
}
#[automatically_derived]
impl ::es::__private::Aggregate for Empty {
    const TOPIC: &'static str = "Empty";
    const KIND: ::es::__private::EntityKind = ::es::__private::EntityKind::AGGREGATE;
}
#[automatically_derived]
impl ::es::__private::AggregateParts for Empty {
    type Event = EmptyEvent;
    type Created = EmptyCreated;
    const WAS: &'static [&'static str] = &[];
    const BASE: &'static str = "Empty";
    const CREATED_SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(&[]),
    );
    const ATTRIBUTES: &'static [::es::__private::Field] = &[];
    const CREATED_OPS: ::es::__private::Ops<Self, EmptyCreated> = ::es::__private::library_ops(
        "Empty.Created",
        "Created",
        EmptyEvent::Created,
        ::es::__private::unchanged,
    );
    const DISCARDED_OPS: ::es::__private::Ops<Self, ::es::__private::Discarded> = ::es::__private::library_ops(
        "Empty.Discarded",
        "Discarded",
        EmptyEvent::Discarded,
        ::es::__private::unchanged,
    );
    const EVENTS: &'static [::es::__private::EventKind<Self>] = &[
        ::es::__private::EventKind::created(),
        ::es::__private::EventKind::new::<EmptyAttribute>(),
        ::es::__private::EventKind::discarded(),
    ];
    #[allow(unused_variables)]
    fn __new(
        created: EmptyCreated,
        state: ::es::__private::AggregateState<Self>,
    ) -> Self {
        Self { __made_by_create: state }
    }
    fn __state(&self) -> &::es::__private::AggregateState<Self> {
        &self.__made_by_create
    }
    fn __state_mut(&mut self) -> &mut ::es::__private::AggregateState<Self> {
        &mut self.__made_by_create
    }
    fn __mutate(&mut self, event: &EmptyEvent) {
        match event {
            EmptyEvent::Created(event) => {
                <Empty as ::es::__private::AggregateParts>::CREATED_OPS
                    .mutate(event, self)
            }
            EmptyEvent::AttributeChanged(event) => {
                <EmptyAttribute as ::es::__private::EventOf<Empty>>::OPS
                    .mutate(event, self)
            }
            EmptyEvent::Discarded(event) => {
                <Empty as ::es::__private::AggregateParts>::DISCARDED_OPS
                    .mutate(event, self)
            }
        }
    }
    fn __payload(event: &EmptyEvent) -> &::es::__private::AnyPayload {
        match event {
            EmptyEvent::Created(event) => event,
            EmptyEvent::AttributeChanged(event) => event,
            EmptyEvent::Discarded(event) => event,
        }
    }
}
#[automatically_derived]
impl ::es::__private::Versioned for Empty {}
#[automatically_derived]
impl ::es::__private::Timestamped for Empty {}
#[automatically_derived]
impl ::es::__private::HashChained for Empty {}
::es::__private::inventory::submit! {
    ::es::__private::Registered::new:: < Empty > ()
}
#[allow(dead_code, clippy::too_many_arguments)]
impl Empty {
    /// Creates a new `Empty` with a generated id. The `EmptyCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    fn create() -> ::es::__private::Result<Self> {
        Self::create_with(::es::__private::new_id())
    }
    /// Creates a new `Empty` with the given id. The `EmptyCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    fn create_with(id: ::es::__private::Uuid) -> ::es::__private::Result<Self> {
        ::es::__private::create(id, EmptyCreated {})
    }
}
