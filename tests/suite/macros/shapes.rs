//! Attributes of options, lists, maps and tuples.

use super::*;

#[aggregate(events(Beaten))]
#[derive(Debug, Clone, PartialEq)]
pub struct Shapes {
    #[attribute]
    maybe: Option<String>,
    #[attribute]
    list: Vec<u8>,
    #[attribute]
    map: HashMap<String, Vec<i64>>,
    #[created]
    pair: (u8, String),
    beats: u64,
}

#[event]
#[derive(Eq, Hash, Copy)]
pub struct Beaten;

impl Mutate<Shapes> for Beaten {
    fn mutate(&self, shapes: &mut Shapes) {
        shapes.beats += 1;
    }
}

#[test]
fn attributes_of_every_shape_are_read_back() {
    let pair = (1, "one".into());
    let mut shapes = Shapes::create(None, vec![], HashMap::new(), pair).unwrap();
    shapes.set_maybe(Some("yes".into())).unwrap();
    shapes.set_maybe(None).unwrap();
    shapes.set_list(vec![1, 2]).unwrap();
    shapes
        .set_map(HashMap::from([("a".into(), vec![-1])]))
        .unwrap();
    shapes.trigger(Beaten).unwrap();
    assert_eq!(replayed(&shapes), shapes);
    assert_eq!(
        (shapes.beats, shapes.maybe(), shapes.list().len()),
        (1, None, 2)
    );
}
