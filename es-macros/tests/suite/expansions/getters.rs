pub struct Order {
    customer: String,
    lines: Vec<Line>,
    count: u32,
    note: Option<String>,
    tags: Option<Vec<Tag>>,
    discount: Option<i64>,
    address: Option<Address>,
    total: Money,
    __made_by_create: ::es::__private::AggregateState<Order>,
}
const _: () = {
    ::es::__private::storable::<String>();
    ::es::__private::storable::<Vec<Line>>();
    ::es::__private::storable::<u32>();
    ::es::__private::storable::<Option<String>>();
    ::es::__private::storable::<Option<Vec<Tag>>>();
    ::es::__private::storable::<Option<i64>>();
    ::es::__private::storable::<Option<Address>>();
    ::es::__private::storable::<Money>();
};
/// The payload of the `Created` event of [`Order`]: its initial values.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde")]
pub struct OrderCreated {
    /// The initial `customer`.
    pub customer: String,
    /// The initial `lines`.
    pub lines: Vec<Line>,
    /// The initial `count`.
    pub count: u32,
    /// The initial `note`.
    pub note: Option<String>,
    /// The initial `tags`.
    pub tags: Option<Vec<Tag>>,
    /// The initial `discount`.
    pub discount: Option<i64>,
    /// The initial `address`.
    pub address: Option<Address>,
    /// The initial `total`.
    pub total: Money,
}
/// The payload of the `AttributeChanged` event of [`Order`]: an attribute and its new value.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize,
)]
#[serde(crate = "::es::__private::serde", tag = "name", content = "value")]
pub enum OrderAttribute {
    /// The new `customer`.
    #[serde(rename = "_customer")]
    Customer(String),
    /// The new `lines`.
    #[serde(rename = "_lines")]
    Lines(Vec<Line>),
    /// The new `count`.
    #[serde(rename = "_count")]
    Count(u32),
    /// The new `note`.
    #[serde(rename = "_note")]
    Note(Option<String>),
    /// The new `tags`.
    #[serde(rename = "_tags")]
    Tags(Option<Vec<Tag>>),
    /// The new `discount`.
    #[serde(rename = "_discount")]
    Discount(Option<i64>),
    /// The new `address`.
    #[serde(rename = "_address")]
    Address(Option<Address>),
    /// The new `total`.
    #[serde(rename = "_total")]
    Total(Money),
}
#[automatically_derived]
impl ::es::__private::Mutate<Order> for OrderAttribute {
    #[allow(unused_variables)]
    fn mutate(&self, aggregate: &mut Order) {
        match *self {
            Self::Customer(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.customer, value)
            }
            Self::Lines(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.lines, value)
            }
            Self::Count(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.count, value)
            }
            Self::Note(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.note, value)
            }
            Self::Tags(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.tags, value)
            }
            Self::Discount(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.discount, value)
            }
            Self::Address(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.address, value)
            }
            Self::Total(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.total, value)
            }
        }
    }
}
#[automatically_derived]
impl ::es::__private::EventOf<Order> for OrderAttribute {
    type Status = ::es::__private::Status<Self, false>;
    const OPS: ::es::__private::Ops<Order, Self> = ::es::__private::library_ops(
        "Order.AttributeChanged",
        "AttributeChanged",
        OrderEvent::AttributeChanged,
        <Self as ::es::__private::Mutate<Order>>::mutate,
    );
}
/// The events of [`Order`].
#[allow(dead_code)]
pub enum OrderEvent {
    /// The aggregate was created.
    Created(OrderCreated),
    /// An attribute was changed.
    AttributeChanged(OrderAttribute),
    /// The aggregate was discarded.
    Discarded(::es::__private::Discarded),
}
#[automatically_derived]
impl ::core::clone::Clone for OrderEvent {
    fn clone(&self) -> Self {
        match self {
            Self::Created(event) => {
                Self::Created(
                    <Order as ::es::__private::AggregateParts>::CREATED_OPS.clone(event),
                )
            }
            Self::AttributeChanged(event) => {
                Self::AttributeChanged(
                    <OrderAttribute as ::es::__private::EventOf<Order>>::OPS.clone(event),
                )
            }
            Self::Discarded(event) => {
                Self::Discarded(
                    <Order as ::es::__private::AggregateParts>::DISCARDED_OPS
                        .clone(event),
                )
            }
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for OrderEvent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Created(event) => {
                <Order as ::es::__private::AggregateParts>::CREATED_OPS.debug(event, f)
            }
            Self::AttributeChanged(event) => {
                <OrderAttribute as ::es::__private::EventOf<Order>>::OPS.debug(event, f)
            }
            Self::Discarded(event) => {
                <Order as ::es::__private::AggregateParts>::DISCARDED_OPS.debug(event, f)
            }
        }
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for OrderEvent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Created(one), Self::Created(other)) => {
                <Order as ::es::__private::AggregateParts>::CREATED_OPS.eq(one, other)
            }
            (Self::AttributeChanged(one), Self::AttributeChanged(other)) => {
                <OrderAttribute as ::es::__private::EventOf<Order>>::OPS.eq(one, other)
            }
            (Self::Discarded(one), Self::Discarded(other)) => {
                <Order as ::es::__private::AggregateParts>::DISCARDED_OPS.eq(one, other)
            }
            _ => false,
        }
    }
}
#[automatically_derived]
impl ::es::__private::EventPayload for OrderCreated {}
#[automatically_derived]
impl ::es::__private::EventPayload for OrderAttribute {}
#[automatically_derived]
impl ::core::convert::From<OrderCreated> for OrderEvent {
    fn from(event: OrderCreated) -> Self {
        Self::Created(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<OrderAttribute> for OrderEvent {
    fn from(event: OrderAttribute) -> Self {
        Self::AttributeChanged(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<::es::__private::Discarded> for OrderEvent {
    fn from(event: ::es::__private::Discarded) -> Self {
        Self::Discarded(event)
    }
}
#[automatically_derived]
impl ::es::__private::Aggregate for Order {
    const TOPIC: &'static str = "Order";
    const KIND: ::es::__private::EntityKind = ::es::__private::EntityKind::AGGREGATE;
}
#[automatically_derived]
impl ::es::__private::AggregateParts for Order {
    type Event = OrderEvent;
    type Created = OrderCreated;
    const WAS: &'static [&'static str] = &[];
    const BASE: &'static str = "Order";
    const CREATED_SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(
            &[
                ::es::__private::Field::new("customer", "String"),
                ::es::__private::Field::new("lines", "Vec<Line>"),
                ::es::__private::Field::new("count", "u32"),
                ::es::__private::Field::new("note", "Option<String>").with_default(),
                ::es::__private::Field::new("tags", "Option<Vec<Tag>>").with_default(),
                ::es::__private::Field::new("discount", "Option<i64>").with_default(),
                ::es::__private::Field::new("address", "Option<Address>").with_default(),
                ::es::__private::Field::new("total", "Money"),
            ],
        ),
    );
    const ATTRIBUTES: &'static [::es::__private::Field] = &[
        ::es::__private::Field::new("_customer", "String"),
        ::es::__private::Field::new("_lines", "Vec<Line>"),
        ::es::__private::Field::new("_count", "u32"),
        ::es::__private::Field::new("_note", "Option<String>"),
        ::es::__private::Field::new("_tags", "Option<Vec<Tag>>"),
        ::es::__private::Field::new("_discount", "Option<i64>"),
        ::es::__private::Field::new("_address", "Option<Address>"),
        ::es::__private::Field::new("_total", "Money"),
    ];
    const CREATED_OPS: ::es::__private::Ops<Self, OrderCreated> = ::es::__private::library_ops(
        "Order.Created",
        "Created",
        OrderEvent::Created,
        ::es::__private::unchanged,
    );
    const DISCARDED_OPS: ::es::__private::Ops<Self, ::es::__private::Discarded> = ::es::__private::library_ops(
        "Order.Discarded",
        "Discarded",
        OrderEvent::Discarded,
        ::es::__private::unchanged,
    );
    const EVENTS: &'static [::es::__private::EventKind<Self>] = &[
        ::es::__private::EventKind::created(),
        ::es::__private::EventKind::new::<OrderAttribute>(),
        ::es::__private::EventKind::discarded(),
    ];
    #[allow(unused_variables)]
    fn __new(
        created: OrderCreated,
        state: ::es::__private::AggregateState<Self>,
    ) -> Self {
        Self {
            customer: created.customer,
            lines: created.lines,
            count: created.count,
            note: created.note,
            tags: created.tags,
            discount: created.discount,
            address: created.address,
            total: created.total,
            __made_by_create: state,
        }
    }
    fn __state(&self) -> &::es::__private::AggregateState<Self> {
        &self.__made_by_create
    }
    fn __state_mut(&mut self) -> &mut ::es::__private::AggregateState<Self> {
        &mut self.__made_by_create
    }
    fn __mutate(&mut self, event: &OrderEvent) {
        match event {
            OrderEvent::Created(event) => {
                <Order as ::es::__private::AggregateParts>::CREATED_OPS
                    .mutate(event, self)
            }
            OrderEvent::AttributeChanged(event) => {
                <OrderAttribute as ::es::__private::EventOf<Order>>::OPS
                    .mutate(event, self)
            }
            OrderEvent::Discarded(event) => {
                <Order as ::es::__private::AggregateParts>::DISCARDED_OPS
                    .mutate(event, self)
            }
        }
    }
    fn __payload(event: &OrderEvent) -> &::es::__private::AnyPayload {
        match event {
            OrderEvent::Created(event) => event,
            OrderEvent::AttributeChanged(event) => event,
            OrderEvent::Discarded(event) => event,
        }
    }
}
#[automatically_derived]
impl ::es::__private::Versioned for Order {}
#[automatically_derived]
impl ::es::__private::Timestamped for Order {}
#[automatically_derived]
impl ::es::__private::HashChained for Order {}
::es::__private::inventory::submit! {
    ::es::__private::Registered::new:: < Order > ()
}
#[allow(dead_code, clippy::too_many_arguments)]
impl Order {
    /// Creates a new `Order` with a generated id. The `OrderCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create(
        customer: impl ::core::convert::Into<String>,
        lines: Vec<Line>,
        count: u32,
        note: Option<String>,
        tags: Option<Vec<Tag>>,
        discount: Option<i64>,
        address: Option<Address>,
        total: Money,
    ) -> ::es::__private::Result<Self> {
        Self::create_with(
            ::es::__private::new_id(),
            customer,
            lines,
            count,
            note,
            tags,
            discount,
            address,
            total,
        )
    }
    /// Creates a new `Order` with the given id. The `OrderCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create_with(
        id: ::es::__private::Uuid,
        customer: impl ::core::convert::Into<String>,
        lines: Vec<Line>,
        count: u32,
        note: Option<String>,
        tags: Option<Vec<Tag>>,
        discount: Option<i64>,
        address: Option<Address>,
        total: Money,
    ) -> ::es::__private::Result<Self> {
        ::es::__private::create(
            id,
            OrderCreated {
                customer: ::core::convert::Into::into(customer),
                lines: lines,
                count: count,
                note: note,
                tags: tags,
                discount: discount,
                address: address,
                total: total,
            },
        )
    }
    /// Returns `customer`.
    pub fn customer(&self) -> &::core::primitive::str {
        &self.customer
    }
    /// Triggers `AttributeChanged` to set `customer`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_customer(
        &mut self,
        value: impl ::core::convert::Into<String>,
    ) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(
            self,
            OrderAttribute::Customer(::core::convert::Into::into(value)),
        )
    }
    /// Returns `lines`.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
    /// Triggers `AttributeChanged` to set `lines`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_lines(&mut self, value: Vec<Line>) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(self, OrderAttribute::Lines(value))
    }
    /// Returns `count`.
    pub fn count(&self) -> u32 {
        ::core::clone::Clone::clone(&self.count)
    }
    /// Triggers `AttributeChanged` to set `count`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_count(&mut self, value: u32) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(self, OrderAttribute::Count(value))
    }
    /// Returns `note`.
    pub fn note(&self) -> ::core::option::Option<&::core::primitive::str> {
        ::core::option::Option::as_deref(&self.note)
    }
    /// Triggers `AttributeChanged` to set `note`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_note(&mut self, value: Option<String>) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(self, OrderAttribute::Note(value))
    }
    /// Returns `tags`.
    pub fn tags(&self) -> ::core::option::Option<&[Tag]> {
        ::core::option::Option::as_deref(&self.tags)
    }
    /// Triggers `AttributeChanged` to set `tags`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_tags(&mut self, value: Option<Vec<Tag>>) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(self, OrderAttribute::Tags(value))
    }
    /// Returns `discount`.
    pub fn discount(&self) -> Option<i64> {
        ::core::clone::Clone::clone(&self.discount)
    }
    /// Triggers `AttributeChanged` to set `discount`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_discount(&mut self, value: Option<i64>) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(self, OrderAttribute::Discount(value))
    }
    /// Returns `address`.
    pub fn address(&self) -> ::core::option::Option<&Address> {
        ::core::option::Option::as_ref(&self.address)
    }
    /// Triggers `AttributeChanged` to set `address`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_address(
        &mut self,
        value: Option<Address>,
    ) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(self, OrderAttribute::Address(value))
    }
    /// Returns `total`.
    pub fn total(&self) -> &Money {
        &self.total
    }
    /// Triggers `AttributeChanged` to set `total`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_total(&mut self, value: Money) -> ::es::__private::Result<()> {
        ::es::__private::Aggregate::trigger(self, OrderAttribute::Total(value))
    }
}
