#[cfg(feature = "bank")]
#[allow(clippy::struct_field_names)]
pub(crate) struct Account {
    /// The owner.
    owner: String,
    limit: Decimal,
    r#type: Option<Kind>,
    #[cfg(feature = "fees")]
    fee: u32,
    balance: Decimal,
    __made_by_create: crate::framework::__private::AggregateState<Account>,
}
#[cfg(feature = "bank")]
const _: () = {
    crate::framework::__private::storable::<String>();
    crate::framework::__private::sendable::<Decimal>();
    crate::framework::__private::storable::<Option<Kind>>();
    #[cfg(feature = "fees")] crate::framework::__private::storable::<u32>();
    crate::framework::__private::sendable::<Decimal>();
};
#[cfg(feature = "bank")]
/// The payload of the `Created` event of [`Account`]: its initial values.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    crate::framework::__private::serde::Serialize,
    crate::framework::__private::serde::Deserialize,
)]
#[serde(crate = "crate::framework::__private::serde")]
pub(crate) struct AccountCreated {
    /// The owner.
    #[serde(default)]
    pub(crate) owner: String,
    /// The initial `limit`.
    #[serde(with = "cents", rename = "overdraft")]
    pub(crate) limit: Decimal,
    #[cfg(feature = "fees")]
    /// The initial `fee`.
    pub(crate) fee: u32,
}
#[cfg(feature = "bank")]
/// The payload of the `AttributeChanged` event of [`Account`]: an attribute and its new value.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    crate::framework::__private::serde::Serialize,
    crate::framework::__private::serde::Deserialize,
)]
#[serde(crate = "crate::framework::__private::serde", tag = "name", content = "value")]
pub(crate) enum AccountAttribute {
    /// The new `limit`.
    #[serde(rename = "limit")]
    Limit(#[serde(with = "cents")] Decimal),
    /// The new `type`.
    #[serde(rename = "_type")]
    Type(Option<Kind>),
    #[cfg(feature = "fees")]
    /// The new `fee`.
    #[serde(rename = "_fee")]
    Fee(u32),
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::Mutate<Account> for AccountAttribute {
    #[allow(unused_variables)]
    fn mutate(&self, aggregate: &mut Account) {
        match *self {
            Self::Limit(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.limit, value)
            }
            Self::Type(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.r#type, value)
            }
            #[cfg(feature = "fees")]
            Self::Fee(ref value) => {
                ::core::clone::Clone::clone_from(&mut aggregate.fee, value)
            }
        }
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::EventOf<Account> for AccountAttribute {
    type Status = crate::framework::__private::Status<Self, false>;
    const OPS: crate::framework::__private::Ops<Account, Self> = crate::framework::__private::library_ops(
        "eventsourcing.domain.model.aggregate#AggregateRoot.AttributeChanged",
        "AttributeChanged",
        AccountEvent::AttributeChanged,
        <Self as crate::framework::__private::Mutate<Account>>::mutate,
    );
}
#[cfg(feature = "bank")]
/// The events of [`Account`].
#[allow(dead_code)]
pub(crate) enum AccountEvent {
    /// The aggregate was created.
    Created(AccountCreated),
    /// An attribute was changed.
    AttributeChanged(AccountAttribute),
    /// The aggregate was discarded.
    Discarded(crate::framework::__private::Discarded),
    /// The `Opened` event.
    Opened(Opened),
    /// Money was paid in.
    Paid(money::Paid),
    #[cfg(feature = "fees")]
    /// The `Charged` event.
    Charged(Charged),
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::clone::Clone for AccountEvent {
    fn clone(&self) -> Self {
        match self {
            Self::Created(event) => {
                Self::Created(
                    <Account as crate::framework::__private::AggregateParts>::CREATED_OPS
                        .clone(event),
                )
            }
            Self::AttributeChanged(event) => {
                Self::AttributeChanged(
                    <AccountAttribute as crate::framework::__private::EventOf<
                        Account,
                    >>::OPS
                        .clone(event),
                )
            }
            Self::Discarded(event) => {
                Self::Discarded(
                    <Account as crate::framework::__private::AggregateParts>::DISCARDED_OPS
                        .clone(event),
                )
            }
            Self::Opened(event) => {
                Self::Opened(
                    <Opened as crate::framework::__private::EventOf<Account>>::OPS
                        .clone(event),
                )
            }
            Self::Paid(event) => {
                Self::Paid(
                    <money::Paid as crate::framework::__private::EventOf<Account>>::OPS
                        .clone(event),
                )
            }
            #[cfg(feature = "fees")]
            Self::Charged(event) => {
                Self::Charged(
                    <Charged as crate::framework::__private::EventOf<Account>>::OPS
                        .clone(event),
                )
            }
        }
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::fmt::Debug for AccountEvent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Created(event) => {
                <Account as crate::framework::__private::AggregateParts>::CREATED_OPS
                    .debug(event, f)
            }
            Self::AttributeChanged(event) => {
                <AccountAttribute as crate::framework::__private::EventOf<Account>>::OPS
                    .debug(event, f)
            }
            Self::Discarded(event) => {
                <Account as crate::framework::__private::AggregateParts>::DISCARDED_OPS
                    .debug(event, f)
            }
            Self::Opened(event) => {
                <Opened as crate::framework::__private::EventOf<Account>>::OPS
                    .debug(event, f)
            }
            Self::Paid(event) => {
                <money::Paid as crate::framework::__private::EventOf<Account>>::OPS
                    .debug(event, f)
            }
            #[cfg(feature = "fees")]
            Self::Charged(event) => {
                <Charged as crate::framework::__private::EventOf<Account>>::OPS
                    .debug(event, f)
            }
        }
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::cmp::PartialEq for AccountEvent {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Created(one), Self::Created(other)) => {
                <Account as crate::framework::__private::AggregateParts>::CREATED_OPS
                    .eq(one, other)
            }
            (Self::AttributeChanged(one), Self::AttributeChanged(other)) => {
                <AccountAttribute as crate::framework::__private::EventOf<Account>>::OPS
                    .eq(one, other)
            }
            (Self::Discarded(one), Self::Discarded(other)) => {
                <Account as crate::framework::__private::AggregateParts>::DISCARDED_OPS
                    .eq(one, other)
            }
            (Self::Opened(one), Self::Opened(other)) => {
                <Opened as crate::framework::__private::EventOf<Account>>::OPS
                    .eq(one, other)
            }
            (Self::Paid(one), Self::Paid(other)) => {
                <money::Paid as crate::framework::__private::EventOf<Account>>::OPS
                    .eq(one, other)
            }
            #[cfg(feature = "fees")]
            (Self::Charged(one), Self::Charged(other)) => {
                <Charged as crate::framework::__private::EventOf<Account>>::OPS
                    .eq(one, other)
            }
            _ => false,
        }
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::EventPayload for AccountCreated {}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::EventPayload for AccountAttribute {}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::convert::From<AccountCreated> for AccountEvent {
    fn from(event: AccountCreated) -> Self {
        Self::Created(event)
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::convert::From<AccountAttribute> for AccountEvent {
    fn from(event: AccountAttribute) -> Self {
        Self::AttributeChanged(event)
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::convert::From<crate::framework::__private::Discarded> for AccountEvent {
    fn from(event: crate::framework::__private::Discarded) -> Self {
        Self::Discarded(event)
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::convert::From<Opened> for AccountEvent {
    fn from(event: Opened) -> Self {
        Self::Opened(event)
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl ::core::convert::From<money::Paid> for AccountEvent {
    fn from(event: money::Paid) -> Self {
        Self::Paid(event)
    }
}
#[cfg(feature = "bank")]
#[cfg(feature = "fees")]
#[automatically_derived]
impl ::core::convert::From<Charged> for AccountEvent {
    fn from(event: Charged) -> Self {
        Self::Charged(event)
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::EventOf<Account> for Opened {
    type Status = crate::framework::__private::Status<
        Self,
        { <Self as crate::framework::__private::EventOf<Account>>::OPS.is_retired() },
    >;
    const OPS: crate::framework::__private::Ops<Account, Self> = crate::framework::__private::ops::<
        Account,
        Opened,
    >(AccountEvent::Opened);
}
#[cfg(feature = "bank")]
const _: () = if let ::core::option::Option::Some(fault) = crate::framework::__private::topic_fault::<
    Account,
    Opened,
>([(), (), ()].len()) {
    ::core::panic!("{}", fault)
};
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::EventOf<Account> for money::Paid {
    type Status = crate::framework::__private::Status<
        Self,
        { <Self as crate::framework::__private::EventOf<Account>>::OPS.is_retired() },
    >;
    const OPS: crate::framework::__private::Ops<Account, Self> = crate::framework::__private::ops::<
        Account,
        money::Paid,
    >(AccountEvent::Paid);
}
#[cfg(feature = "bank")]
const _: () = if let ::core::option::Option::Some(fault) = crate::framework::__private::topic_fault::<
    Account,
    money::Paid,
>([(), (), (), ()].len()) {
    ::core::panic!("{}", fault)
};
#[cfg(feature = "bank")]
#[cfg(feature = "fees")]
#[automatically_derived]
impl crate::framework::__private::EventOf<Account> for Charged {
    type Status = crate::framework::__private::Status<
        Self,
        { <Self as crate::framework::__private::EventOf<Account>>::OPS.is_retired() },
    >;
    const OPS: crate::framework::__private::Ops<Account, Self> = crate::framework::__private::ops::<
        Account,
        Charged,
    >(AccountEvent::Charged);
}
#[cfg(feature = "bank")]
#[cfg(feature = "fees")]
const _: () = if let ::core::option::Option::Some(fault) = crate::framework::__private::topic_fault::<
    Account,
    Charged,
>([(), (), (), (), ()].len()) {
    ::core::panic!("{}", fault)
};
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::Aggregate for Account {
    const TOPIC: &'static str = "bank#Account";
    const KIND: crate::framework::__private::EntityKind = crate::framework::__private::EntityKind::AGGREGATE;
}
#[automatically_derived]
impl crate::framework::__private::AggregateParts for Account {
    type Event = AccountEvent;
    type Created = AccountCreated;
    const WAS: &'static [&'static str] = &["old#Account", "Account"];
    const BASE: &'static str = "eventsourcing.domain.model.aggregate#AggregateRoot";
    const CREATED_SHAPE: ::core::option::Option<
        &'static crate::framework::__private::Shape,
    > = ::core::option::Option::Some(
        &crate::framework::__private::Shape::new(
            &[
                crate::framework::__private::Field::new("owner", "String")
                    .with_default(),
                crate::framework::__private::Field::new(
                    "overdraft",
                    "Decimal, with cents",
                ),
                #[cfg(feature = "fees")]
                crate::framework::__private::Field::new("fee", "u32"),
            ],
        ),
    );
    const ATTRIBUTES: &'static [crate::framework::__private::Field] = &[
        crate::framework::__private::Field::new("limit", "Decimal, with cents"),
        crate::framework::__private::Field::new("_type", "Option<Kind>"),
        #[cfg(feature = "fees")]
        crate::framework::__private::Field::new("_fee", "u32"),
    ];
    const CREATED_OPS: crate::framework::__private::Ops<Self, AccountCreated> = crate::framework::__private::library_ops(
        "eventsourcing.domain.model.aggregate#AggregateRoot.Created",
        "Created",
        AccountEvent::Created,
        crate::framework::__private::unchanged,
    );
    const DISCARDED_OPS: crate::framework::__private::Ops<
        Self,
        crate::framework::__private::Discarded,
    > = crate::framework::__private::library_ops(
        "eventsourcing.domain.model.aggregate#AggregateRoot.Discarded",
        "Discarded",
        AccountEvent::Discarded,
        crate::framework::__private::unchanged,
    );
    const EVENTS: &'static [crate::framework::__private::EventKind<Self>] = &[
        crate::framework::__private::EventKind::created(),
        crate::framework::__private::EventKind::new::<AccountAttribute>(),
        crate::framework::__private::EventKind::discarded(),
        crate::framework::__private::EventKind::new::<Opened>(),
        crate::framework::__private::EventKind::new::<money::Paid>(),
        #[cfg(feature = "fees")]
        crate::framework::__private::EventKind::new::<Charged>(),
    ];
    #[allow(unused_variables)]
    fn __new(
        created: AccountCreated,
        state: crate::framework::__private::AggregateState<Self>,
    ) -> Self {
        Self {
            owner: created.owner,
            limit: created.limit,
            r#type: crate::framework::__private::initial::<Option<Kind>>(),
            #[cfg(feature = "fees")]
            fee: created.fee,
            balance: crate::framework::__private::initial::<Decimal>(),
            __made_by_create: state,
        }
    }
    fn __state(&self) -> &crate::framework::__private::AggregateState<Self> {
        &self.__made_by_create
    }
    fn __state_mut(&mut self) -> &mut crate::framework::__private::AggregateState<Self> {
        &mut self.__made_by_create
    }
    fn __mutate(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::Created(event) => {
                <Account as crate::framework::__private::AggregateParts>::CREATED_OPS
                    .mutate(event, self)
            }
            AccountEvent::AttributeChanged(event) => {
                <AccountAttribute as crate::framework::__private::EventOf<Account>>::OPS
                    .mutate(event, self)
            }
            AccountEvent::Discarded(event) => {
                <Account as crate::framework::__private::AggregateParts>::DISCARDED_OPS
                    .mutate(event, self)
            }
            AccountEvent::Opened(event) => {
                <Opened as crate::framework::__private::EventOf<Account>>::OPS
                    .mutate(event, self)
            }
            AccountEvent::Paid(event) => {
                <money::Paid as crate::framework::__private::EventOf<Account>>::OPS
                    .mutate(event, self)
            }
            #[cfg(feature = "fees")]
            AccountEvent::Charged(event) => {
                <Charged as crate::framework::__private::EventOf<Account>>::OPS
                    .mutate(event, self)
            }
        }
    }
    fn __payload(event: &AccountEvent) -> &crate::framework::__private::AnyPayload {
        match event {
            AccountEvent::Created(event) => event,
            AccountEvent::AttributeChanged(event) => event,
            AccountEvent::Discarded(event) => event,
            AccountEvent::Opened(event) => event,
            AccountEvent::Paid(event) => event,
            #[cfg(feature = "fees")]
            AccountEvent::Charged(event) => event,
        }
    }
}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::Versioned for Account {}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::Timestamped for Account {}
#[cfg(feature = "bank")]
#[automatically_derived]
impl crate::framework::__private::HashChained for Account {}
#[cfg(feature = "bank")]
crate::framework::__private::inventory::submit! {
    crate ::framework::__private::Registered::new:: < Account > ()
}
#[cfg(feature = "bank")]
#[allow(dead_code, clippy::too_many_arguments)]
impl Account {
    /// Creates a new `Account` with a generated id. The `AccountCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub(crate) fn create(
        owner: impl ::core::convert::Into<String>,
        limit: Decimal,
        #[cfg(feature = "fees")]
        fee: u32,
    ) -> crate::framework::__private::Result<Self> {
        Self::create_with(
            crate::framework::__private::new_id(),
            owner,
            limit,
            #[cfg(feature = "fees")]
            fee,
        )
    }
    /// Creates a new `Account` with the given id. The `AccountCreated` event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::InvalidEvent` if an argument cannot be stored and read back unchanged.
    pub(crate) fn create_with(
        id: crate::framework::__private::Uuid,
        owner: impl ::core::convert::Into<String>,
        limit: Decimal,
        #[cfg(feature = "fees")]
        fee: u32,
    ) -> crate::framework::__private::Result<Self> {
        crate::framework::__private::create(
            id,
            AccountCreated {
                owner: ::core::convert::Into::into(owner),
                limit: limit,
                #[cfg(feature = "fees")]
                fee: fee,
            },
        )
    }
    /// Returns `limit`.
    pub(crate) fn allowed(&self) -> &Decimal {
        &self.limit
    }
    /// Triggers `AttributeChanged` to set `limit`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub(crate) fn allow(
        &mut self,
        value: Decimal,
    ) -> crate::framework::__private::Result<()> {
        crate::framework::__private::Aggregate::trigger(
            self,
            AccountAttribute::Limit(value),
        )
    }
    #[cfg(feature = "fees")]
    /// Returns `fee`.
    pub(crate) fn fee(&self) -> u32 {
        ::core::clone::Clone::clone(&self.fee)
    }
    #[cfg(feature = "fees")]
    /// Triggers `AttributeChanged` to set `fee`. The aggregate changes at once; the event is pending until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// Returns `Error::Discarded` if the aggregate is discarded, `Error::InvalidEvent` if the value cannot be stored and read back unchanged, `Error::WithinMutate` if `mutate` calls this method, and `Error::Broken` if `mutate` has panicked. The aggregate is then unchanged.
    pub(crate) fn set_fee(
        &mut self,
        value: u32,
    ) -> crate::framework::__private::Result<()> {
        crate::framework::__private::Aggregate::trigger(
            self,
            AccountAttribute::Fee(value),
        )
    }
}
