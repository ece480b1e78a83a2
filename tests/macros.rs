//! What the options of the macros do.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::non_minimal_cfg
)]

use std::collections::{BTreeMap, HashMap};

use es::domain::{Replay, Stored};
use es::{Aggregate, Discarded, Mutate, Salt, Topic, aggregate, event};

/// The aggregate that its own pending events make.
fn replayed<A: Aggregate>(aggregate: &A) -> A {
    let mut replay = Replay::new(aggregate.id(), Salt::of_process());
    for event in aggregate.pending_events() {
        replay.apply(stored(event, event.topic())).unwrap();
    }
    replay.finish().unwrap()
}

fn stored<'a, A: Aggregate>(event: &'a es::DomainEvent<A>, topic: &'a Topic) -> Stored<'a> {
    Stored {
        sequence_id: event.originator_id(),
        position: event.header().position().unwrap(),
        topic,
        text: event.text(),
    }
}

fn topics<A: Aggregate>(aggregate: &A) -> Vec<&str> {
    let events = aggregate.pending_events().iter();
    events.map(|event| event.topic().as_str()).collect()
}

/// A pair of the last event's text.
fn last_holds<A: Aggregate>(aggregate: &A, pair: &str) -> bool {
    aggregate
        .pending_events()
        .last()
        .unwrap()
        .text()
        .contains(pair)
}

mod bank {
    use super::*;

    /// An account.
    #[aggregate(
        events(Paid, Audited, #[cfg(any())] Missing, #[cfg(all())] Frozen),
        topic = "bank#Account",
        base = "eventsourcing.domain.model.aggregate#AggregateRoot",
        was("old#Account")
    )]
    #[derive(Debug, Clone, PartialEq)]
    pub struct Account {
        #[created]
        owner: String,
        #[attribute(name = "limit", setter = allow, getter = allowed)]
        limit: u32,
        #[attribute(skip(setter), default)]
        r#type: Option<String>,
        #[cfg(any())]
        #[attribute]
        missing: Missing,
        #[cfg(all())]
        #[attribute]
        fee: u32,
        balance: u32,
        frozen: bool,
    }

    #[event]
    #[serde(deny_unknown_fields)]
    pub struct Paid {
        pub amount: u32,
    }

    #[event(name = "audit#Audited")]
    pub struct Audited;

    #[event(name = "FrozenSolid", was("Frozen", "legacy#Account.Frozen"))]
    pub struct Frozen {}

    impl Mutate<Account> for Paid {
        fn mutate(&self, account: &mut Account) {
            account.balance += self.amount;
        }
    }

    impl Mutate<Account> for Audited {
        fn mutate(&self, _: &mut Account) {}
    }

    impl Mutate<Account> for Frozen {
        fn mutate(&self, account: &mut Account) {
            account.frozen = true;
        }
    }

    #[test]
    fn options_name_what_is_stored_and_what_is_called() {
        let mut account = Account::create("Ann", 100, 1).unwrap();
        account.trigger(Paid { amount: 5 }).unwrap();
        account.trigger(Audited).unwrap();
        account.trigger(Frozen {}).unwrap();
        account.allow(200).unwrap();
        assert!(last_holds(&account, r#""name":"limit""#));
        account
            .trigger(AccountAttribute::Type(Some("savings".into())))
            .unwrap();
        assert!(last_holds(&account, r#""name":"_type""#));
        account.set_fee(2).unwrap();

        assert_eq!((*account.allowed(), *account.fee()), (200, 2));
        assert_eq!(account.r#type().as_deref(), Some("savings"));
        assert_eq!(
            (account.owner.as_str(), account.balance, account.frozen),
            ("Ann", 5, true)
        );
        assert_eq!(
            topics(&account),
            [
                "eventsourcing.domain.model.aggregate#AggregateRoot.Created",
                "bank#Account.Paid",
                "audit#Audited",
                "bank#Account.FrozenSolid",
                "eventsourcing.domain.model.aggregate#AggregateRoot.AttributeChanged",
                "eventsourcing.domain.model.aggregate#AggregateRoot.AttributeChanged",
                "eventsourcing.domain.model.aggregate#AggregateRoot.AttributeChanged",
            ]
        );
        assert!(
            account.pending_events()[0]
                .text()
                .contains(r#""originator_topic":"bank#Account""#)
        );
        assert_eq!(replayed(&account), account);
    }

    #[test]
    fn an_event_is_found_under_its_former_names() {
        let mut account = Account::create("Ann", 100, 1).unwrap();
        account.trigger(Frozen {}).unwrap();
        let [created, frozen] = account.pending_events() else {
            panic!()
        };
        let own = frozen.topic().as_str();
        for former in [
            "bank#Account.Frozen",
            "old#Account.FrozenSolid",
            "legacy#Account.Frozen",
        ] {
            let (topic, text) = (
                Topic::new(former),
                sealed(&frozen.text().replace(own, former)),
            );
            let mut replay = Replay::<Account>::new(account.id(), Salt::of_process());
            replay.apply(stored(created, created.topic())).unwrap();
            replay
                .apply(Stored {
                    text: &text,
                    ..stored(frozen, &topic)
                })
                .unwrap();
            assert!(replay.finish().unwrap().frozen);
        }
    }

    /// The text with the hash that it should have.
    fn sealed(text: &str) -> String {
        let pairs = &text[text.find(',').unwrap() + 1..];
        let hash = es::integrity::seal(&format!("{{{pairs}"), &Salt::of_process());
        format!(r#"{{"__event_hash__":"{hash}",{pairs}"#)
    }
}

mod shapes {
    use super::*;

    #[aggregate(events(Beaten))]
    #[derive(Debug, Clone, PartialEq)]
    pub struct Shapes {
        #[attribute]
        maybe: Option<String>,
        #[attribute]
        list: Vec<u8>,
        #[attribute]
        map: HashMap<String, Vec<i64>>,
        #[created]
        pair: (u8, String),
        beats: u64,
    }

    #[event]
    #[derive(Eq, Hash, Copy)]
    pub struct Beaten;

    impl Mutate<Shapes> for Beaten {
        fn mutate(&self, shapes: &mut Shapes) {
            shapes.beats += 1;
        }
    }

    #[test]
    fn attributes_of_every_shape_come_back() {
        let pair = (1, "one".into());
        let mut shapes = Shapes::create(None, vec![], HashMap::new(), pair).unwrap();
        shapes.set_maybe(Some("yes".into())).unwrap();
        shapes.set_maybe(None).unwrap();
        shapes.set_list(vec![1, 2]).unwrap();
        shapes
            .set_map(HashMap::from([("a".into(), vec![-1])]))
            .unwrap();
        shapes.trigger(Beaten).unwrap();
        assert_eq!(replayed(&shapes), shapes);
        assert_eq!(
            (shapes.beats, shapes.maybe(), shapes.list().len()),
            (1, &None, 2)
        );
    }
}

mod stored_forms {
    use super::*;

    /// Numbers as text.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    mod as_text {
        use serde::{Deserialize, Deserializer, Serializer, de::Error};

        pub(super) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
            to.collect_str(number)
        }

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
            String::deserialize(from)?.parse().map_err(D::Error::custom)
        }
    }

    #[aggregate(events(Counted, Converted))]
    #[derive(Debug, Clone, PartialEq)]
    pub struct Counter {
        #[attribute]
        #[serde(with = "as_text", rename = "total")]
        count: u64,
        #[created]
        #[serde(default, flatten)]
        rest: BTreeMap<String, String>,
    }

    #[event]
    #[serde(rename_all = "camelCase", tag = "kind")]
    pub struct Counted {
        #[serde(with = "as_text")]
        how_many: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    }

    #[event]
    #[serde(from = "Stored", into = "Stored")]
    pub struct Converted {
        timestamp: u64,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Stored {
        at: u64,
    }

    impl From<Stored> for Converted {
        fn from(stored: Stored) -> Self {
            Self {
                timestamp: stored.at,
            }
        }
    }

    impl From<Converted> for Stored {
        fn from(event: Converted) -> Self {
            Self {
                at: event.timestamp,
            }
        }
    }

    impl Mutate<Counter> for Counted {
        fn mutate(&self, counter: &mut Counter) {
            counter.count += self.how_many;
        }
    }

    impl Mutate<Counter> for Converted {
        fn mutate(&self, counter: &mut Counter) {
            counter.count += self.timestamp;
        }
    }

    #[test]
    fn serde_attributes_say_how_values_are_stored() {
        let rest = BTreeMap::from([("colour".into(), "red".into())]);
        let mut counter = Counter::create(1, rest).unwrap();
        assert!(
            last_holds(&counter, r#""total":"1""#) && last_holds(&counter, r#""colour":"red""#)
        );
        counter.set_count(2).unwrap();
        assert!(
            last_holds(&counter, r#""name":"_count""#) && last_holds(&counter, r#""value":"2""#)
        );
        counter
            .trigger(Counted {
                how_many: 3,
                why: None,
            })
            .unwrap();
        assert!(
            last_holds(&counter, r#""howMany":"3""#) && last_holds(&counter, r#""kind":"Counted""#)
        );
        counter.trigger(Converted { timestamp: 4 }).unwrap();
        assert!(last_holds(&counter, r#""at":4"#));
        assert_eq!(*counter.count(), 9);
        assert_eq!(replayed(&counter), counter);
    }
}

mod shared {
    use super::*;

    #[aggregate(events(Renamed))]
    pub struct Cat {
        name: String,
    }

    #[aggregate(events(Renamed))]
    pub struct Dog {
        names: Vec<String>,
    }

    #[event]
    pub struct Renamed {
        pub name: String,
    }

    impl Mutate<Cat> for Renamed {
        fn mutate(&self, cat: &mut Cat) {
            cat.name.clone_from(&self.name);
        }
    }

    impl Mutate<Dog> for Renamed {
        fn mutate(&self, dog: &mut Dog) {
            dog.names.push(self.name.clone());
        }
    }

    #[test]
    fn one_event_serves_two_aggregates() {
        let (mut cat, mut dog) = (Cat::create().unwrap(), Dog::create().unwrap());
        cat.trigger(Renamed {
            name: "Boots".into(),
        })
        .unwrap();
        dog.trigger(Renamed { name: "Rex".into() }).unwrap();
        assert_eq!(
            (replayed(&cat).name.as_str(), replayed(&dog).names.len()),
            ("Boots", 1)
        );
        assert_eq!(topics(&cat), ["Cat.Created", "Cat.Renamed"]);
        assert_eq!(topics(&dog), ["Dog.Created", "Dog.Renamed"]);
    }
}

mod nothing {
    use super::*;

    #[aggregate]
    #[derive(Debug, Clone, PartialEq)]
    pub struct Unit;

    #[aggregate()]
    #[derive(Debug)]
    pub struct Braces {}

    #[test]
    fn an_aggregate_needs_no_fields() {
        let mut unit = Unit::create().unwrap();
        assert_eq!(replayed(&unit), unit);
        unit.discard().unwrap();
        assert!(matches!(
            unit.pending_events()[1].payload(),
            UnitEvent::Discarded(Discarded)
        ));
        assert_eq!(Braces::create_with(unit.id()).unwrap().id(), unit.id());
    }

    #[test]
    fn an_attribute_that_is_none_is_an_error() {
        let text = r#"{"name":"_ruler","value":"gods"}"#;
        assert!(es::json::from_str::<UnitAttribute>(text).is_err());
    }
}

mod everywhere {
    use super::*;

    macro_rules! aggregate {
        ($(#[$meta:meta])* $name:ident { $($field:ident: $ty:ty),* }) => {
            #[es::aggregate(events(super::shared::Renamed))]
            $(#[$meta])*
            pub struct $name {
                $(#[attribute] $field: $ty,)*
                renamed: bool,
            }

            impl Mutate<$name> for super::shared::Renamed {
                fn mutate(&self, it: &mut $name) {
                    it.renamed = true;
                }
            }
        };
    }

    aggregate!(
        #[derive(Debug, Clone, PartialEq)]
        Made {
            one: String,
            r#type: u8
        }
    );

    macro_rules! listing {
        ($name:ident: $topic:literal, $path:path, $ty:ty) => {
            #[es::aggregate(events($path, $ty), topic = $topic)]
            pub struct $name {}

            impl Mutate<$name> for $path {
                fn mutate(&self, _: &mut $name) {}
            }

            impl Mutate<$name> for $ty {
                fn mutate(&self, _: &mut $name) {}
            }
        };
    }

    listing!(Listing: "macros#Listing", super::shared::Renamed, super::shapes::Beaten);

    #[test]
    fn macro_rules_make_aggregates() {
        let mut made = Made::create("one", 2).unwrap();
        made.set_type(3).unwrap();
        made.trigger(super::shared::Renamed {
            name: String::new(),
        })
        .unwrap();
        assert_eq!(replayed(&made), made);
        let found = (made.one().as_str(), *made.r#type(), made.renamed);
        assert_eq!(found, ("one", 3, true));
        assert_eq!(
            topics(&Listing::create().unwrap()),
            ["macros#Listing.Created"]
        );
    }

    #[test]
    fn an_aggregate_stands_inside_a_function() {
        #[aggregate(events(r#Move))]
        #[derive(Debug, Clone, PartialEq)]
        struct r#Box {
            #[attribute]
            r#in: String,
            moved: bool,
        }

        #[event]
        struct r#Move {
            r#where: String,
        }

        impl Mutate<r#Box> for r#Move {
            fn mutate(&self, it: &mut r#Box) {
                it.moved = !self.r#where.is_empty();
            }
        }

        let mut it = r#Box::create("a").unwrap();
        it.set_in("b").unwrap();
        assert!(last_holds(&it, r#""name":"_in""#));
        it.trigger(r#Move {
            r#where: "away".into(),
        })
        .unwrap();
        assert!(last_holds(&it, r#""where":"away""#));
        assert_eq!(
            topics(&it),
            ["Box.Created", "Box.AttributeChanged", "Box.Move"]
        );
        assert_eq!(replayed(&it), it);
    }
}
