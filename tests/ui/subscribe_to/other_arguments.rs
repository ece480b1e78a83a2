#[es::event]
pub struct Happened;

#[es::subscribe_to(Happened)]
fn none() {}

#[es::subscribe_to(Happened)]
fn wrong_order(_: &es::EventHeader, _: &u64, _: &Happened) {}

#[es::subscribe_to(Happened)]
fn many(_: &u64, _: &es::EventHeader, _: &Happened, _: &u64) {}

fn main() {}
