//! Test tools for programs and stores that are built on `es`.
//!
//! * [`given`] and [`when_created`] test the commands of an aggregate, without a store.
//! * [`topics_lock()`] keeps a reviewed file of stored names and shapes, and finds changes after
//!   which stored events could not be read.
//! * `store` (feature) tests that a store keeps its contract.
//!
//! ```
//! use es::{Aggregate, Mutate, aggregate, event};
//! use es_testing::given;
//!
//! #[aggregate(events(Paid))]
//! #[derive(Debug, PartialEq)]
//! pub struct Account {
//!     #[created]
//!     owner: String,
//!     cents: i64,
//! }
//!
//! #[event]
//! pub struct Paid {
//!     pub cents: i64,
//! }
//!
//! impl Mutate<Account> for Paid {
//!     fn mutate(&self, account: &mut Account) {
//!         account.cents += self.cents;
//!     }
//! }
//!
//! impl Account {
//!     pub fn pay(&mut self, cents: i64) -> es::Result<()> {
//!         self.trigger(Paid { cents })
//!     }
//! }
//!
//! given::<Account>(AccountCreated { owner: "Ann".to_owned() })
//!     .and(Paid { cents: 5 })
//!     .when(|account| account.pay(7))
//!     .then([Paid { cents: 7 }])
//!     .then_state(|account| assert_eq!(account.cents, 12))
//!     .then_replays();
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod given;
#[cfg(feature = "store")]
pub mod store;
mod topics_lock;

pub use given::{Given, Then, given, when_created};
pub use topics_lock::{TopicsLock, topics_lock};
