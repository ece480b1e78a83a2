//! Handlers compile under strict lints.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]
#![deny(clippy::all, clippy::pedantic)]

use es::{Bus, EventHeader, event, subscribe_to};

/// Something happened.
#[event]
struct Happened;

#[subscribe_to(Happened)]
const fn r#move(_: &Happened) {}

#[subscribe_to(Happened)]
async fn handle(_: &Vec<u8>, _: &EventHeader, _: &Happened) -> es::Result<()> {
    Ok(())
}

fn main() {
    let bus = Bus::new();
    bus.register::<r#move>();
    bus.register_with::<handle>(vec![1]);
}
