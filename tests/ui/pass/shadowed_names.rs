//! The user's own modules and types with names of the standard library.
#![allow(dead_code, non_camel_case_types)]

mod core {}
mod std {}
mod alloc {}
mod serde {}
mod es {}
mod uuid {}
mod inventory {}

struct Option;
struct Result;
struct Vec;
struct Box;
struct Clone;
struct Debug;
struct PartialEq;
struct Into;
struct From;
struct Default;
struct Some;
struct None;
struct Ok;
struct Err;
struct Self_;
struct bool_;
struct Serialize;
struct Deserialize;
struct Uuid;

#[::es::aggregate(events(Happened))]
pub struct World {
    #[attribute]
    ruler: ::std::string::String,
    #[created]
    since: u64,
    #[attribute(default)]
    self_: u8,
    pub history: ::std::vec::Vec<u8>,
}

#[::es::event]
pub struct Happened {
    pub what: ::std::string::String,
}

impl ::es::Mutate<World> for Happened {
    fn mutate(&self, world: &mut World) {
        world.history.push(1);
    }
}

fn main() {
    let world = World::create("gods", 1);
    ::std::assert!(world.is_ok());
}
