//! Tests of three releases of one event: `cents`, then `amount` and `currency`, then `money`.

use es::domain::{StandaloneEvent, Stored};
use es::json::{self, Value};
use es::store::Text;
use es::{Aggregate, Application, Error, EventOf, Mutate, Salt, Topic, Version, aggregate, event};
use uuid::Uuid;

use super::{replay, texts};

pub mod first {
    use super::*;

    #[aggregate(topic = "bank#Account", events(Paid))]
    pub struct Account {
        pub cents: i64,
    }

    #[event]
    pub struct Paid {
        pub cents: i64,
    }

    impl Mutate<Account> for Paid {
        fn mutate(&self, account: &mut Account) {
            account.cents += self.cents;
        }
    }
}

pub mod second {
    use super::*;

    #[aggregate(topic = "bank#Account", events(Paid))]
    pub struct Account {
        pub paid: Vec<Paid>,
    }

    #[event(version = 2, upcast(from = 1, with = to_amount))]
    pub struct Paid {
        pub amount: String,
        pub currency: String,
    }

    /// The event in version 1.
    #[event]
    pub struct PaidInCents {
        pub cents: i64,
    }

    fn to_amount(old: PaidInCents) -> Paid {
        Paid {
            amount: format!("{}.{:02}", old.cents / 100, old.cents % 100),
            currency: "EUR".to_owned(),
        }
    }

    impl Mutate<Account> for Paid {
        fn mutate(&self, account: &mut Account) {
            account.paid.push(self.clone());
        }
    }
}

pub mod third {
    use std::collections::BTreeMap;

    use super::*;

    #[aggregate(topic = "bank#Account", events(Paid))]
    #[derive(Debug)]
    pub struct Account {
        pub paid: Vec<String>,
    }

    #[event(
        version = 4,
        upcast(from = 3, with = to_money),
        upcast(from = 1, with = to_amount),
        upcast(from = 2, with = checked)
    )]
    pub struct Paid {
        pub money: String,
    }

    /// The event in version 1.
    #[event]
    pub struct PaidInCents {
        pub cents: i64,
    }

    fn to_amount(old: PaidInCents) -> Value {
        let amount = format!("{}.{:02}", old.cents / 100, old.cents % 100);
        let entries = [("amount", amount.as_str()), ("currency", "EUR")];
        let entries = entries.map(|(key, value)| (key.to_owned(), value.into()));
        Value::Object(BTreeMap::from(entries))
    }

    fn checked(old: Value) -> Result<Value, String> {
        match old.get("currency").and_then(Value::as_str) {
            Some("XXX") => Err("no such currency".to_owned()),
            _ => Ok(old),
        }
    }

    fn to_money(old: Value) -> Result<Paid, json::Error> {
        let text = |key| old.get(key).and_then(Value::as_str).unwrap_or_default();
        Ok(Paid {
            money: format!("{} {}", text("amount"), text("currency")),
        })
    }

    impl Mutate<Account> for Paid {
        fn mutate(&self, account: &mut Account) {
            account.paid.push(self.money.clone());
        }
    }
}

fn paid<A: Aggregate, E: EventOf<A>>(mut account: A, event: E) -> A {
    es::__private::trigger(&mut account, event).unwrap();
    account
}

fn of_first() -> first::Account {
    paid(first::Account::create().unwrap(), first::Paid { cents: 7 })
}

fn in_currency(currency: &str) -> second::Account {
    let event = second::Paid {
        amount: "1.50".to_owned(),
        currency: currency.to_owned(),
    };
    paid(second::Account::create().unwrap(), event)
}

fn of_third() -> third::Account {
    let event = third::Paid {
        money: "9.00 SEK".to_owned(),
    };
    paid(third::Account::create().unwrap(), event)
}

#[test]
fn events_of_every_version_are_read_by_every_later_program() {
    assert_eq!(
        replay::<first::Account>(&texts(&of_first())).unwrap().cents,
        7
    );
    let second: second::Account = replay(&texts(&of_first())).unwrap();
    assert_eq!(
        (&*second.paid[0].amount, &*second.paid[0].currency),
        ("0.07", "EUR")
    );
    for (stored, money) in [
        (texts(&of_first()), "0.07 EUR"),
        (texts(&in_currency("DKK")), "1.50 DKK"),
        (texts(&of_third()), "9.00 SEK"),
    ] {
        assert_eq!(replay::<third::Account>(&stored).unwrap().paid, [money]);
    }
}

#[test]
fn a_version_is_stored_if_it_is_above_1() {
    assert!(!texts(&of_first())[1].contains("__event_version__"));
    let text = &texts(&of_third())[1];
    assert!(
        text.contains(
            r#""__event_topic__":"bank#Account.Paid","__event_version__":4,"__previous_hash__""#
        ),
        "{text}"
    );
}

#[test]
fn an_event_of_a_later_version_is_an_error_of_its_own() {
    let error = replay::<first::Account>(&texts(&in_currency("DKK")));
    assert!(matches!(
        error.err(),
        Some(Error::NewerEvent {
            stored: 2,
            known: 1,
            ..
        })
    ));
    let error = replay::<second::Account>(&texts(&of_third()));
    let error = error.err().unwrap();
    assert!(matches!(
        error,
        Error::NewerEvent {
            stored: 4,
            known: 2,
            ..
        }
    ));
    assert!(error.to_string().ends_with("update the program"), "{error}");
}

#[test]
fn the_hash_is_that_of_the_stored_text_and_damage_comes_first() {
    for (stored, from, to) in [
        (of_first_texts(), "\"cents\":7", "\"cents\":8"),
        (
            texts(&of_third()),
            "\"__event_version__\":4",
            "\"__event_version__\":5",
        ),
        (
            texts(&of_third()),
            "\"__event_version__\":4",
            "\"__event_version__\":3",
        ),
    ] {
        let damaged = [stored[0].clone(), stored[1].replace(from, to)];
        assert_ne!(damaged[1], stored[1]);
        let error = replay::<third::Account>(&damaged).unwrap_err();
        assert!(matches!(error, Error::Integrity(_)), "{error}");
    }
}

fn of_first_texts() -> Vec<String> {
    texts(&of_first())
}

#[test]
fn a_failed_upcast_is_named_with_the_reason() {
    let error = replay::<third::Account>(&texts(&in_currency("XXX"))).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(matches!(error, Error::Undecodable { .. }), "{error}");
    assert_eq!(source, "the upcast from version 2 failed: no such currency");
}

#[tokio::test]
async fn every_decoding_path_upcasts() {
    let app = Application::builder()
        .allow_shared_topics()
        .uri("sqlite::memory:")
        .open()
        .await
        .unwrap();
    let mut account = of_first();
    app.save(&mut account).await.unwrap();
    let id = account.id();
    let loaded: third::Account = app.get(id).await.unwrap();
    let past: third::Account = app.get_at(id, 1).await.unwrap();
    assert_eq!((loaded.paid.len(), past.paid.len()), (1, 1));
    let events = app.events::<third::Account>(id).await.unwrap();
    let paid = events[1].payload_as::<third::Paid>().unwrap();
    assert_eq!(paid.money, "0.07 EUR");
    let last = app.event_store().most_recent_event::<third::Account>(id);
    let last = last.await.unwrap().unwrap();
    assert_eq!(last, events[1]);
    // New events have the current version and continue the chain.
    let mut account = paid_again(loaded);
    app.save(&mut account).await.unwrap();
    assert_eq!(app.event_store().verify(id).await.unwrap().events, 3);
    let loaded: third::Account = app.get(id).await.unwrap();
    assert_eq!(loaded.paid, ["0.07 EUR", "9.00 SEK"]);
}

fn paid_again(account: third::Account) -> third::Account {
    let money = "9.00 SEK".to_owned();
    paid(account, third::Paid { money })
}

#[event(name = "seen")]
struct SeenBefore {
    at: String,
}

#[event(standalone(sealed), name = "seen", version = 2, upcast(from = 1, with = in_place))]
struct Seen {
    place: String,
}

fn in_place(old: SeenBefore) -> Seen {
    Seen { place: old.at }
}

#[event(standalone(sealed), name = "seen")]
struct SeenFirst {
    at: String,
}

#[test]
fn standalone_events_are_upcast() {
    let (id, time, salt) = (Uuid::from_u128(7), es::Timestamp::now(), &Salt::none());
    let place = |text: &str| {
        let (topic, text) = (Topic::new("seen"), Text::from(text));
        let stored = Stored {
            sequence_id: id,
            position: 0.into(),
            topic: &topic,
            text: &text,
        };
        let event = StandaloneEvent::<Seen>::decode(stored, &text, salt).unwrap();
        event.into_payload().place
    };
    let at = "door".to_owned();
    let first = StandaloneEvent::new(id, Version::FIRST, time, SeenFirst { at }, salt).unwrap();
    assert_eq!(place(first.text()), "door");
    let gate = Seen {
        place: "gate".to_owned(),
    };
    let second = StandaloneEvent::new(id, Version::FIRST, time, gate, salt).unwrap();
    assert!(second.text().contains(r#""__event_version__":2"#));
    assert_eq!(place(second.text()), "gate");
}
