pub struct Ledger {
    owner: String,
    reference: Option<String>,
    balance: Decimal,
    entries: Vec<Entry>,
    #[cfg(feature = "notes")]
    note: Option<String>,
    __made_by_create: framework::__private::AggregateState<Ledger>,
}
const _: () = {
    framework::__private::storable::<String>();
    framework::__private::storable::<Option<String>>();
    framework::__private::sendable::<Decimal>();
    framework::__private::snapshottable::<Vec<Entry>>();
    #[cfg(feature = "notes")] framework::__private::snapshottable::<Option<String>>();
};
/// The payload of the `Created` event of [`Ledger`]: its initial values.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    framework::__private::serde::Serialize,
    framework::__private::serde::Deserialize,
)]
#[serde(crate = "framework::__private::serde")]
pub struct LedgerCreated {
    /// The initial `owner`.
    pub owner: String,
    /// The initial `reference`.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
}
/// The payload of the `AttributeChanged` event of [`Ledger`]: an attribute and its new value.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    framework::__private::serde::Serialize,
    framework::__private::serde::Deserialize,
)]
#[serde(crate = "framework::__private::serde", tag = "name", content = "value")]
pub enum LedgerAttribute {
    /// The new `owner`.
    #[serde(rename = "owner")]
    Owner(String),
}
#[automatically_derived]
impl framework::__private::Mutate<Ledger> for LedgerAttribute {
    #[allow(unused_variables)]
    fn mutate(&self, aggregate: &mut Ledger) {
        match *self {
            Self::Owner(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.owner, value)
            }
        }
    }
}
#[automatically_derived]
impl framework::__private::EventOf<Ledger> for LedgerAttribute {
    type Status = framework::__private::Status<Self, false>;
    const OPS: framework::__private::Ops<Ledger, Self> = framework::__private::library_ops(
        "Ledger.AttributeChanged",
        "AttributeChanged",
        LedgerEvent::AttributeChanged,
        <Self as framework::__private::Mutate<Ledger>>::mutate,
    );
}
/// The events of [`Ledger`].
#[allow(dead_code)]
pub enum LedgerEvent {
    /// The aggregate was created.
    Created(LedgerCreated),
    /// An attribute was changed.
    AttributeChanged(LedgerAttribute),
    /// The aggregate was discarded.
    Discarded(framework::__private::Discarded),
}
#[automatically_derived]
impl ::core::clone::Clone for LedgerEvent {
    fn clone(&self) -> Self {
        match self {
            Self::Created(event) => {
                Self::Created(
                    <Ledger as framework::__private::AggregateParts>::CREATED_OPS
                        .clone(event),
                )
            }
            Self::AttributeChanged(event) => {
                Self::AttributeChanged(
                    <LedgerAttribute as framework::__private::EventOf<Ledger>>::OPS
                        .clone(event),
                )
            }
            Self::Discarded(event) => {
                Self::Discarded(
                    <Ledger as framework::__private::AggregateParts>::DISCARDED_OPS
                        .clone(event),
                )
            }
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for LedgerEvent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Created(event) => {
                <Ledger as framework::__private::AggregateParts>::CREATED_OPS
                    .debug(event, f)
            }
            Self::AttributeChanged(event) => {
                <LedgerAttribute as framework::__private::EventOf<Ledger>>::OPS
                    .debug(event, f)
            }
            Self::Discarded(event) => {
                <Ledger as framework::__private::AggregateParts>::DISCARDED_OPS
                    .debug(event, f)
            }
        }
    }
}
#[automatically_derived]
impl ::core::cmp::PartialEq for LedgerEvent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Created(one), Self::Created(other)) => {
                <Ledger as framework::__private::AggregateParts>::CREATED_OPS
                    .eq(one, other)
            }
            (Self::AttributeChanged(one), Self::AttributeChanged(other)) => {
                <LedgerAttribute as framework::__private::EventOf<Ledger>>::OPS
                    .eq(one, other)
            }
            (Self::Discarded(one), Self::Discarded(other)) => {
                <Ledger as framework::__private::AggregateParts>::DISCARDED_OPS
                    .eq(one, other)
            }
            _ => false,
        }
    }
}
#[automatically_derived]
impl framework::__private::EventPayload for LedgerCreated {}
#[automatically_derived]
impl framework::__private::EventPayload for LedgerAttribute {}
#[automatically_derived]
impl ::core::convert::From<LedgerCreated> for LedgerEvent {
    fn from(event: LedgerCreated) -> Self {
        Self::Created(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<LedgerAttribute> for LedgerEvent {
    fn from(event: LedgerAttribute) -> Self {
        Self::AttributeChanged(event)
    }
}
#[automatically_derived]
impl ::core::convert::From<framework::__private::Discarded> for LedgerEvent {
    fn from(event: framework::__private::Discarded) -> Self {
        Self::Discarded(event)
    }
}
#[automatically_derived]
impl framework::__private::Aggregate for Ledger {
    const TOPIC: &'static str = "Ledger";
    const KIND: framework::__private::EntityKind = framework::__private::EntityKind::AGGREGATE;
}
#[automatically_derived]
impl framework::__private::AggregateParts for Ledger {
    type Event = LedgerEvent;
    type Created = LedgerCreated;
    const WAS: &'static [&'static str] = &[];
    const BASE: &'static str = "Ledger";
    const CREATED_SHAPE: ::core::option::Option<&'static framework::__private::Shape> = ::core::option::Option::Some(
        &framework::__private::Shape::new(
            &[
                framework::__private::Field::new("owner", "String"),
                framework::__private::Field::new("ref", "Option<String>").with_default(),
            ],
        ),
    );
    const ATTRIBUTES: &'static [framework::__private::Field] = &[
        framework::__private::Field::new("owner", "String"),
    ];
    const CREATED_OPS: framework::__private::Ops<Self, LedgerCreated> = framework::__private::library_ops(
        "Ledger.Created",
        "Created",
        LedgerEvent::Created,
        framework::__private::unchanged,
    );
    const DISCARDED_OPS: framework::__private::Ops<
        Self,
        framework::__private::Discarded,
    > = framework::__private::library_ops(
        "Ledger.Discarded",
        "Discarded",
        LedgerEvent::Discarded,
        framework::__private::unchanged,
    );
    const EVENTS: &'static [framework::__private::EventKind<Self>] = &[
        framework::__private::EventKind::created(),
        framework::__private::EventKind::new::<LedgerAttribute>(),
        framework::__private::EventKind::discarded(),
    ];
    const STATE: ::core::option::Option<framework::__private::StateOps<Self>> = ::core::option::Option::Some(
        framework::__private::StateOps::new(),
    );
    #[allow(unused_variables)]
    fn __new(
        created: LedgerCreated,
        state: framework::__private::AggregateState<Self>,
    ) -> Self {
        Self {
            owner: created.owner,
            reference: created.reference,
            balance: framework::__private::initial::<Decimal>(),
            entries: framework::__private::initial::<Vec<Entry>>(),
            #[cfg(feature = "notes")]
            note: framework::__private::initial::<Option<String>>(),
            __made_by_create: state,
        }
    }
    fn __state(&self) -> &framework::__private::AggregateState<Self> {
        &self.__made_by_create
    }
    fn __state_mut(&mut self) -> &mut framework::__private::AggregateState<Self> {
        &mut self.__made_by_create
    }
    fn __mutate(&mut self, event: &LedgerEvent) {
        match event {
            LedgerEvent::Created(event) => {
                <Ledger as framework::__private::AggregateParts>::CREATED_OPS
                    .mutate(event, self)
            }
            LedgerEvent::AttributeChanged(event) => {
                <LedgerAttribute as framework::__private::EventOf<Ledger>>::OPS
                    .mutate(event, self)
            }
            LedgerEvent::Discarded(event) => {
                <Ledger as framework::__private::AggregateParts>::DISCARDED_OPS
                    .mutate(event, self)
            }
        }
    }
    fn __payload(event: &LedgerEvent) -> &framework::__private::AnyPayload {
        match event {
            LedgerEvent::Created(event) => event,
            LedgerEvent::AttributeChanged(event) => event,
            LedgerEvent::Discarded(event) => event,
        }
    }
}
#[automatically_derived]
impl framework::__private::Versioned for Ledger {}
#[automatically_derived]
impl framework::__private::Timestamped for Ledger {}
#[automatically_derived]
impl framework::__private::HashChained for Ledger {}
framework::__private::inventory::submit! {
    framework::__private::Registered::new:: < Ledger > ()
}
#[allow(dead_code, clippy::too_many_arguments)]
impl Ledger {
    /// Creates a new `Ledger` with a generated id. The `LedgerCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create(
        owner: impl ::core::convert::Into<String>,
        reference: Option<String>,
    ) -> framework::__private::Result<Self> {
        Self::create_with(framework::__private::new_id(), owner, reference)
    }
    /// Creates a new `Ledger` with the given id. The `LedgerCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub fn create_with(
        id: framework::__private::Uuid,
        owner: impl ::core::convert::Into<String>,
        reference: Option<String>,
    ) -> framework::__private::Result<Self> {
        framework::__private::create(
            id,
            LedgerCreated {
                owner: ::core::convert::Into::into(owner),
                reference: reference,
            },
        )
    }
    /// Returns `owner`.
    pub fn owner(&self) -> &::core::primitive::str {
        &self.owner
    }
    /// Triggers `AttributeChanged` to set `owner`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub fn set_owner(
        &mut self,
        value: impl ::core::convert::Into<String>,
    ) -> framework::__private::Result<()> {
        framework::__private::Aggregate::trigger(
            self,
            LedgerAttribute::Owner(::core::convert::Into::into(value)),
        )
    }
}
const _: () = {
    #[derive(framework::__private::serde::Serialize)]
    #[serde(crate = "framework::__private::serde", remote = "Ledger")]
    #[allow(dead_code)]
    struct __LedgerWritten {
        #[serde(rename = "owner")]
        owner: String,
        #[serde(rename = "_ref")]
        reference: Option<String>,
        #[serde(rename = "_balance")]
        #[serde(with = "cents")]
        balance: Decimal,
        #[serde(rename = "entries")]
        entries: Vec<Entry>,
        #[cfg(feature = "notes")]
        #[serde(rename = "_note")]
        note: Option<String>,
    }
    #[derive(framework::__private::serde::Deserialize)]
    #[serde(crate = "framework::__private::serde")]
    struct __LedgerRead {
        #[serde(rename = "owner")]
        #[serde(deserialize_with = "framework::__private::present")]
        owner: String,
        #[serde(rename = "_ref")]
        #[serde(deserialize_with = "framework::__private::present")]
        reference: Option<String>,
        #[serde(rename = "_balance")]
        #[serde(with = "cents")]
        #[serde(default)]
        balance: Decimal,
        #[serde(rename = "entries")]
        #[serde(deserialize_with = "framework::__private::present")]
        entries: Vec<Entry>,
        #[cfg(feature = "notes")]
        #[serde(rename = "_note")]
        #[serde(deserialize_with = "framework::__private::present")]
        note: Option<String>,
    }
    #[automatically_derived]
    impl framework::__private::Snapshotted for Ledger {
        fn __write_state<S: framework::__private::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            __LedgerWritten::serialize(self, serializer)
        }
        fn __read_state<'de, D: framework::__private::serde::Deserializer<'de>>(
            deserializer: D,
            library_state: framework::__private::AggregateState<Self>,
        ) -> ::core::result::Result<Self, D::Error> {
            #[allow(unused_variables)]
            let state = <__LedgerRead as framework::__private::serde::Deserialize>::deserialize(
                deserializer,
            )?;
            ::core::result::Result::Ok(Self {
                owner: state.owner,
                reference: state.reference,
                balance: state.balance,
                entries: state.entries,
                #[cfg(feature = "notes")]
                note: state.note,
                __made_by_create: library_state,
            })
        }
        #[allow(unused_variables)]
        fn __compare_state(
            &self,
            other: &Self,
            difference: &mut framework::__private::StateDifference,
        ) {
            framework::__private::compare::<
                String,
            >(difference, "owner", &self.owner, &other.owner);
            framework::__private::compare::<
                Option<String>,
            >(difference, "reference", &self.reference, &other.reference);
            framework::__private::compare::<
                Decimal,
            >(difference, "balance", &self.balance, &other.balance);
            framework::__private::compare::<
                Vec<Entry>,
            >(difference, "entries", &self.entries, &other.entries);
            #[cfg(feature = "notes")]
            framework::__private::compare::<
                Option<String>,
            >(difference, "note", &self.note, &other.note);
        }
    }
};
