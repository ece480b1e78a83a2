//! All options of `#[aggregate]` and `#[attribute]`, and stored names.

use super::*;

/// An account.
#[aggregate(
    events(Paid, Audited, #[cfg(any())] Missing, #[cfg(panic = "unwind")] Frozen),
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
    #[cfg(panic = "unwind")]
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
fn options_set_stored_names_and_method_names() {
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

    assert_eq!((account.allowed(), account.fee()), (200, 2));
    assert_eq!(account.r#type(), Some("savings"));
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
fn an_event_is_found_under_its_previous_names() {
    let mut account = Account::create("Ann", 100, 1).unwrap();
    account.trigger(Frozen {}).unwrap();
    let [created, frozen] = account.pending_events() else {
        panic!()
    };
    let own = frozen.topic().as_str();
    for previous in [
        "bank#Account.Frozen",
        "old#Account.FrozenSolid",
        "legacy#Account.Frozen",
    ] {
        let (topic, text) = (
            Topic::new(previous),
            sealed(&frozen.text().replace(own, previous)),
        );
        let mut replay = Replay::<Account>::new(account.id(), Salt::from_env().unwrap());
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

/// Replaces the hash of the text by the correct one.
fn sealed(text: &str) -> String {
    let pairs = &text[text.find(',').unwrap() + 1..];
    let hash = es::domain::integrity::seal(&format!("{{{pairs}"), &Salt::from_env().unwrap());
    format!(r#"{{"__event_hash__":"{hash}",{pairs}"#)
}
