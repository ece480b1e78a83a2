#[allow(clippy::unused_self)]
/// The balances of accounts.
impl Balances {
    /// Money was paid in.
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        rows: &mut Rows,
    ) -> Result<(), Refused> {
        rows.add(header.originator_id, event.cents).await
    }
    #[cfg(feature = "fees")]
    fn charged(&self, _: &Charged) {}
}
const _: () = {
    #[allow(unused_imports)]
    use framework::__private::NotOf as _;
    #[doc(hidden)]
    #[allow(
        dead_code,
        missing_debug_implementations,
        non_camel_case_types,
        private_interfaces,
        unreachable_pub,
        variant_size_differences,
        clippy::large_enum_variant
    )]
    pub enum __ProjectedEvent {
        deposited(money::Deposited),
        #[cfg(feature = "fees")]
        charged(Charged),
    }
    #[automatically_derived]
    impl ::core::convert::From<money::Deposited> for __ProjectedEvent {
        fn from(event: money::Deposited) -> Self {
            Self::deposited(event)
        }
    }
    #[cfg(feature = "fees")]
    #[automatically_derived]
    impl ::core::convert::From<Charged> for __ProjectedEvent {
        fn from(event: Charged) -> Self {
            Self::charged(event)
        }
    }
    const __ROUTES_0: &[::core::option::Option<
        framework::__private::Route<__ProjectedEvent>,
    >] = &[
        framework::__private::Probe::<
            Account,
            money::Deposited,
            __ProjectedEvent,
        >::LISTED,
        framework::__private::Probe::<
            Account,
            money::Deposited,
            __ProjectedEvent,
        >::CREATED,
        framework::__private::Probe::<
            Account,
            money::Deposited,
            __ProjectedEvent,
        >::DISCARDED,
        #[cfg(feature = "fees")]
        framework::__private::Probe::<Account, Charged, __ProjectedEvent>::LISTED,
        #[cfg(feature = "fees")]
        framework::__private::Probe::<Account, Charged, __ProjectedEvent>::CREATED,
        #[cfg(feature = "fees")]
        framework::__private::Probe::<Account, Charged, __ProjectedEvent>::DISCARDED,
    ];
    const __ROUTES_1: &[::core::option::Option<
        framework::__private::Route<__ProjectedEvent>,
    >] = &[
        framework::__private::Probe::<
            money::Transfer,
            money::Deposited,
            __ProjectedEvent,
        >::LISTED,
        framework::__private::Probe::<
            money::Transfer,
            money::Deposited,
            __ProjectedEvent,
        >::CREATED,
        framework::__private::Probe::<
            money::Transfer,
            money::Deposited,
            __ProjectedEvent,
        >::DISCARDED,
        #[cfg(feature = "fees")]
        framework::__private::Probe::<
            money::Transfer,
            Charged,
            __ProjectedEvent,
        >::LISTED,
        #[cfg(feature = "fees")]
        framework::__private::Probe::<
            money::Transfer,
            Charged,
            __ProjectedEvent,
        >::CREATED,
        #[cfg(feature = "fees")]
        framework::__private::Probe::<
            money::Transfer,
            Charged,
            __ProjectedEvent,
        >::DISCARDED,
    ];
    const __SOURCES: &[framework::__private::Source<__ProjectedEvent>] = &[
        framework::__private::Source::new::<Account>(__ROUTES_0),
        framework::__private::Source::new::<money::Transfer>(__ROUTES_1),
    ];
    #[automatically_derived]
    impl framework::__private::Projection<Rows> for Balances {
        const NAME: &'static str = "balances";
        type Event = __ProjectedEvent;
        const SOURCES: &'static [framework::__private::Source<__ProjectedEvent>] = __SOURCES;
        #[allow(unused_variables, clippy::unused_async, clippy::unused_async_trait_impl)]
        async fn __handle(
            &self,
            event: &__ProjectedEvent,
            header: &framework::__private::EventHeader,
            at: framework::__private::RecordId,
            transaction: &mut Rows,
        ) -> ::core::result::Result<(), framework::__private::BoxError> {
            match event {
                __ProjectedEvent::deposited(event) => {
                    framework::__private::Outcome::into_result(
                        self
                            .deposited(
                                framework::__private::subscribed::<
                                    Deposited,
                                    money::Deposited,
                                >(event),
                                header,
                                at,
                                framework::__private::transacting::<Rows, Rows>(transaction),
                            )
                            .await,
                    )
                }
                #[cfg(feature = "fees")]
                __ProjectedEvent::charged(event) => {
                    framework::__private::Outcome::into_result(
                        self
                            .charged(
                                framework::__private::subscribed::<Charged, Charged>(event),
                            ),
                    )
                }
            }
        }
    }
    const _: () = {
        framework::__private::happens::<money::Deposited>();
        if framework::__private::is_foreign::<
            __ProjectedEvent,
        >(
            __SOURCES,
            &[
                framework::__private::Probe::<
                    Account,
                    money::Deposited,
                    __ProjectedEvent,
                >::LISTED,
                framework::__private::Probe::<
                    Account,
                    money::Deposited,
                    __ProjectedEvent,
                >::CREATED,
                framework::__private::Probe::<
                    Account,
                    money::Deposited,
                    __ProjectedEvent,
                >::DISCARDED,
                framework::__private::Probe::<
                    money::Transfer,
                    money::Deposited,
                    __ProjectedEvent,
                >::LISTED,
                framework::__private::Probe::<
                    money::Transfer,
                    money::Deposited,
                    __ProjectedEvent,
                >::CREATED,
                framework::__private::Probe::<
                    money::Transfer,
                    money::Deposited,
                    __ProjectedEvent,
                >::DISCARDED,
            ],
        ) {
            ::core::panic!(
                "this is not an event of the listed aggregates: add its aggregate to `aggregates(…)`, or remove the handler"
            )
        }
    };
    #[cfg(feature = "fees")]
    const _: () = {
        framework::__private::happens::<Charged>();
        if framework::__private::is_foreign::<
            __ProjectedEvent,
        >(
            __SOURCES,
            &[
                #[cfg(feature = "fees")]
                framework::__private::Probe::<
                    Account,
                    Charged,
                    __ProjectedEvent,
                >::LISTED,
                #[cfg(feature = "fees")]
                framework::__private::Probe::<
                    Account,
                    Charged,
                    __ProjectedEvent,
                >::CREATED,
                #[cfg(feature = "fees")]
                framework::__private::Probe::<
                    Account,
                    Charged,
                    __ProjectedEvent,
                >::DISCARDED,
                #[cfg(feature = "fees")]
                framework::__private::Probe::<
                    money::Transfer,
                    Charged,
                    __ProjectedEvent,
                >::LISTED,
                #[cfg(feature = "fees")]
                framework::__private::Probe::<
                    money::Transfer,
                    Charged,
                    __ProjectedEvent,
                >::CREATED,
                #[cfg(feature = "fees")]
                framework::__private::Probe::<
                    money::Transfer,
                    Charged,
                    __ProjectedEvent,
                >::DISCARDED,
            ],
        ) {
            ::core::panic!(
                "this is not an event of the listed aggregates: add its aggregate to `aggregates(…)`, or remove the handler"
            )
        }
    };
    const _: () = if let ::core::option::Option::Some(fault) = framework::__private::unhandled::<
        Account,
        __ProjectedEvent,
    >(__ROUTES_0) {
        ::core::panic!("{}", fault.as_str())
    };
    const _: () = if let ::core::option::Option::Some(fault) = framework::__private::unhandled::<
        money::Transfer,
        __ProjectedEvent,
    >(__ROUTES_1) {
        ::core::panic!("{}", fault.as_str())
    };
};
