//! Snapshots of states that would be read back as other states.

use std::sync::{Arc, Mutex};

use es::domain::Snapshot;
use es::{Aggregate, Application, Mutate, aggregate, event};
use serde::{Deserialize, Serialize};

use super::changed;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    #[serde(skip)]
    pub price: u8,
    pub name: String,
}

#[aggregate(snapshot, events(Added), topic = "round_trip#Cart")]
pub struct Cart {
    pub lines: Vec<Line>,
    pub asked: Option<Option<bool>>,
    pub total: f64,
}

#[event]
pub struct Added {
    pub name: String,
    pub price: u8,
}

impl Mutate<Cart> for Added {
    fn mutate(&self, cart: &mut Cart) {
        cart.lines.push(Line {
            price: self.price,
            name: self.name.clone(),
        });
        cart.total = f64::NAN;
    }
}

fn added(price: u8) -> Added {
    Added {
        name: "book".to_owned(),
        price,
    }
}

#[test]
fn a_state_that_is_not_read_back_equal_is_refused_with_the_path() {
    let mut cart = Cart::create().unwrap();
    cart.trigger(added(0)).unwrap();
    Snapshot::from_aggregate(&cart).unwrap();
    cart.trigger(added(30)).unwrap();
    let refused = Snapshot::from_aggregate(&cart);
    assert_eq!(changed(refused), "lines[1].price");
}

#[tokio::test]
async fn the_state_is_the_same_with_and_without_snapshots() {
    let folder = tempfile::tempdir().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("cart.db").display());
    let errors = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&errors);
    let with = Application::builder()
        .uri(&uri)
        .snapshot_every(2)
        .open()
        .await
        .unwrap();
    with.bus()
        .on_error(move |error| seen.lock().unwrap().push(error.to_string()));
    let without = Application::builder().uri(&uri).open().await.unwrap();
    let mut cart = Cart::create().unwrap();
    cart.trigger(added(30)).unwrap();
    with.save(&mut cart).await.unwrap();
    let one: Cart = with.get(cart.id()).await.unwrap();
    let other: Cart = without.get(cart.id()).await.unwrap();
    assert_eq!((one.lines, one.asked), (other.lines, other.asked));
    assert_eq!(
        with.get_snapshot(cart.id(), ..).await.unwrap().map(drop),
        None
    );
    assert_eq!(
        changed(with.take_snapshot::<Cart>(cart.id(), ..).await),
        "lines[0].price"
    );
    let errors = errors.lock().unwrap();
    assert!(errors[0].contains("lines[0].price"), "{errors:?}");
}

/// A field without `PartialEq`.
#[derive(Default, Serialize, Deserialize)]
pub struct Memory;

#[aggregate(snapshot, round_trip = off, topic = "round_trip#Unchecked")]
pub struct Unchecked {
    pub memory: Memory,
}

#[test]
fn an_aggregate_that_opts_out_needs_no_comparison() {
    let unchecked = Unchecked::create().unwrap();
    Snapshot::from_aggregate(&unchecked).unwrap();
}
