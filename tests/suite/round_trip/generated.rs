//! The events that the library generates: `Created` and `AttributeChanged`.

use es::aggregate;
use serde::{Deserialize, Serialize};

use super::{changed, unreadable};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Position {
    x: i64,
    #[serde(skip)]
    y: i64,
}

#[aggregate(topic = "round_trip#Robot")]
#[derive(Debug, PartialEq)]
pub struct Robot {
    #[created]
    home: Position,
    #[attribute]
    position: Position,
    #[attribute(default)]
    answer: Option<Option<bool>>,
    #[created]
    #[serde(flatten)]
    sum: Option<super::events::Wide>,
}

fn position(y: i64) -> Position {
    Position { x: 1, y }
}

fn create(home: i64, at: i64) -> es::Result<Robot> {
    Robot::create(position(home), position(at), None)
}

#[test]
fn the_first_event_is_refused_with_the_path() {
    assert_eq!(changed(create(1, 0)), "home.y");
    assert_eq!(changed(create(0, 1)), "position.y");
    let sum = Some(super::events::Wide { total: 1 });
    let result = Robot::create(position(0), position(0), sum);
    assert!(matches!(result, Err(es::Error::InvalidEvent { .. })));
}

#[test]
fn a_change_of_an_attribute_is_refused_with_the_path_and_changes_nothing() {
    let mut robot = create(0, 0).unwrap();
    assert_eq!(changed(robot.set_position(position(1))), "Position.y");
    assert_eq!(changed(robot.set_answer(Some(None))), "Answer");
    assert_eq!(robot, create_same(&robot));
    robot.set_position(position(0)).unwrap();
    let _ = unreadable::<()>;
}

fn create_same(robot: &Robot) -> Robot {
    use es::Salt;
    use es::domain::{Replay, Stored};
    let event = &es::Aggregate::pending_events(robot)[0];
    let id = es::Aggregate::id(robot);
    let mut replay = Replay::new(id, Salt::none());
    let stored = Stored {
        sequence_id: id,
        position: 0.into(),
        topic: event.topic(),
        text: event.text(),
    };
    replay.apply(stored).unwrap();
    replay.finish().unwrap()
}
