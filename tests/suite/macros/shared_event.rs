//! An event of two aggregates.

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
