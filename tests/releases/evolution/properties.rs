//! Property tests: every later release reads the events of every earlier one.

use es::Aggregate;
use es::json::Value;
use proptest::prelude::*;

use super::upcasts::{first, second, third};
use super::{replay, texts};

/// The events of each release.
#[derive(Debug, Clone)]
struct History {
    cents: Vec<i64>,
    amounts: Vec<(String, String)>,
    money: Vec<String>,
}

fn histories() -> impl Strategy<Value = History> {
    let text = || any::<String>().prop_filter("is refused", |text| text != "XXX");
    let quoting = prop_oneof![text(), Just(r#"","__event_version__":9,""#.to_owned())];
    let amounts = prop::collection::vec((quoting, text()), 0..4);
    let cents = prop::collection::vec(0..1_000_000_i64, 0..4);
    let money = prop::collection::vec(text(), 0..4);
    (cents, amounts, money).prop_map(|(cents, amounts, money)| History {
        cents,
        amounts,
        money,
    })
}

impl History {
    /// Returns the texts that the three releases store, one after another in one sequence.
    fn stored(&self) -> Vec<String> {
        let mut account = first::Account::create().unwrap();
        for cents in &self.cents {
            account.trigger(first::Paid { cents: *cents }).unwrap();
        }
        let mut stored = texts(&account);
        let mut account: second::Account = replay(&stored).unwrap();
        for (amount, currency) in self.amounts.clone() {
            let event = second::Paid { amount, currency };
            account.trigger(event).unwrap();
        }
        stored.extend(texts(&account));
        let mut account: third::Account = replay(&stored).unwrap();
        for money in self.money.clone() {
            account.trigger(third::Paid { money }).unwrap();
        }
        stored.extend(texts(&account));
        stored
    }

    fn as_the_third_has_it(&self) -> Vec<String> {
        let cents = self.cents.iter();
        let cents = cents.map(|cents| format!("{}.{:02} EUR", cents / 100, cents % 100));
        let amounts = self.amounts.iter();
        let amounts = amounts.map(|(amount, currency)| format!("{amount} {currency}"));
        cents.chain(amounts).chain(self.money.clone()).collect()
    }
}

/// Reverses the order of the keys, which does not change the hash.
fn reversed(text: &str) -> String {
    let Ok(Value::Object(entries)) = Value::parse(text) else {
        panic!("{text}")
    };
    let entries = entries.iter().rev();
    let pairs = entries.map(|(key, value)| format!("{}: {value}", Value::from(key.as_str())));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

proptest! {
    #[test]
    fn every_old_event_decodes_through_every_chain(history in histories()) {
        let stored = history.stored();
        let expected = history.as_the_third_has_it();
        prop_assert_eq!(stored.len(), 1 + expected.len());
        let account: third::Account = replay(&stored).unwrap();
        prop_assert_eq!(account.paid, expected.clone());

        let before = 1 + history.cents.len() + history.amounts.len();
        let account: second::Account = replay(&stored[..before]).unwrap();
        prop_assert_eq!(account.paid.len(), before - 1);

        let others: Vec<_> = stored.iter().map(|text| reversed(text)).collect();
        let account: third::Account = replay(&others).unwrap();
        prop_assert_eq!(account.paid, expected);
    }
}
