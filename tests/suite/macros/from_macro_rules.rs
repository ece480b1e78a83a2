//! Aggregates that `macro_rules` generate, and aggregates inside functions.

use super::*;

macro_rules! aggregate {
    ($(#[$meta:meta])* $name:ident { $($field:ident: $ty:ty),* }) => {
        #[es::aggregate(events(super::shared_event::Renamed))]
        $(#[$meta])*
        pub struct $name {
            $(#[attribute] $field: $ty,)*
            renamed: bool,
        }

        impl Mutate<$name> for super::shared_event::Renamed {
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

listing!(Listing: "macros#Listing", super::shared_event::Renamed, super::shapes::Beaten);

#[test]
fn macro_rules_make_aggregates() {
    let mut made = Made::create("one", 2).unwrap();
    made.set_type(3).unwrap();
    made.trigger(super::shared_event::Renamed {
        name: String::new(),
    })
    .unwrap();
    assert_eq!(replayed(&made), made);
    let found = (made.one(), made.r#type(), made.renamed);
    assert_eq!(found, ("one", 3, true));
    assert_eq!(
        topics(&Listing::create().unwrap()),
        ["macros#Listing.Created"]
    );
}

#[test]
fn an_aggregate_can_be_declared_inside_a_function() {
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
