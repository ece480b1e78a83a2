use std::fmt::Debug;

use es_core::domain::{Aggregate, DomainEvent, EventOf, Replay, Salt, Stored};

/// An aggregate with a history, to try a command on.
#[must_use = "nothing is tested before `when`"]
pub struct Given<A: Aggregate> {
    aggregate: A,
}

/// Given an aggregate that was created so.
///
/// # Panics
///
/// Where the event cannot be stored.
pub fn given<A: Aggregate>(created: A::Created) -> Given<A> {
    let id = es_core::__private::new_id();
    match es_core::__private::create(id, created) {
        Ok(aggregate) => Given { aggregate },
        Err(error) => panic!("given: the created event cannot happen: {error}"),
    }
}

/// When an aggregate is created: the command that creates it, in place of one on an aggregate that there is.
#[must_use = "nothing is asserted before `then…`"]
pub fn when_created<A: Aggregate, E: Debug>(
    create: impl FnOnce() -> Result<A, E>,
) -> Then<A, (), E> {
    let (aggregate, outcome) = match create() {
        Ok(aggregate) => (Some(aggregate), Ok(())),
        Err(error) => (None, Err(error)),
    };
    Then {
        aggregate,
        outcome,
        known: 0,
    }
}

impl<A: Aggregate> Given<A> {
    /// And given that this happened to it; the event may be retired by now.
    ///
    /// # Panics
    ///
    /// Where the event cannot happen.
    pub fn and<E: EventOf<A>>(mut self, event: E) -> Self {
        if let Err(error) = es_core::__private::happen(&mut self.aggregate, event) {
            panic!("given: an event cannot happen: {error}");
        }
        self
    }

    /// When this command is given.
    #[must_use = "nothing is asserted before `then…`"]
    pub fn when<T, E: Debug>(
        mut self,
        command: impl FnOnce(&mut A) -> Result<T, E>,
    ) -> Then<A, T, E> {
        let known = self.aggregate.pending_events().len();
        let outcome = command(&mut self.aggregate);
        Then {
            aggregate: Some(self.aggregate),
            outcome,
            known,
        }
    }
}

/// What came of a command.
pub struct Then<A: Aggregate, T, E> {
    aggregate: Option<A>,
    outcome: Result<T, E>,
    /// How many events there were before the command.
    known: usize,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "each assertion is complete by itself"
)]
impl<A: Aggregate, T, E: Debug> Then<A, T, E> {
    /// Then it succeeds, and these events happen, no others, in this order.
    ///
    /// # Panics
    ///
    /// Where it does not.
    #[track_caller]
    pub fn then<I: Into<A::Event>>(self, expected: impl IntoIterator<Item = I>) -> Self {
        self.succeeded();
        let expected: Vec<A::Event> = expected.into_iter().map(Into::into).collect();
        let happened: Vec<A::Event> = self
            .happened()
            .iter()
            .map(|event| event.payload().clone())
            .collect();
        assert_eq!(
            happened, expected,
            "left: the events that happened; right: those expected"
        );
        self
    }

    /// Then it succeeds, and nothing happens.
    ///
    /// # Panics
    ///
    /// Where it does not.
    #[track_caller]
    pub fn then_nothing(self) -> Self {
        self.succeeded();
        assert!(
            self.happened().is_empty(),
            "something happened: {:?}",
            self.happened()
        );
        self
    }

    /// Then it fails with such an error, and nothing happens.
    ///
    /// # Panics
    ///
    /// Where it does not.
    #[track_caller]
    pub fn then_error(self, is_expected: impl FnOnce(&E) -> bool) -> Self {
        match &self.outcome {
            Ok(_) => panic!(
                "the command succeeded, and these events happened: {:?}",
                self.happened()
            ),
            Err(error) => assert!(
                is_expected(error),
                "the command failed with another error: {error:?}"
            ),
        }
        assert!(
            self.happened().is_empty(),
            "the command failed, and yet something happened: {:?}",
            self.happened()
        );
        self
    }

    /// Then the aggregate is so: asserts on its state.
    ///
    /// # Panics
    ///
    /// Where it was not created, and where the assertions do.
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&A)) -> Self {
        check(self.created());
        self
    }

    /// Then it is the same after a replay of its events: `mutate` depends on nothing but the event and the state.
    ///
    /// # Panics
    ///
    /// Where it was not created, and where it is not the same.
    #[track_caller]
    pub fn then_replays(self) -> Self
    where
        A: PartialEq + Debug,
    {
        let aggregate = self.created();
        assert_eq!(
            &replayed(aggregate),
            aggregate,
            "left: the aggregate replayed; right: the aggregate as it is"
        );
        self
    }

    #[track_caller]
    fn succeeded(&self) {
        if let Err(error) = &self.outcome {
            panic!("the command failed: {error:?}");
        }
    }

    #[track_caller]
    fn created(&self) -> &A {
        match &self.aggregate {
            Some(aggregate) => aggregate,
            None => panic!(
                "the aggregate was not created: {:?}",
                self.outcome.as_ref().err()
            ),
        }
    }

    fn happened(&self) -> &[DomainEvent<A>] {
        self.aggregate
            .as_ref()
            .map_or(&[], |aggregate| &aggregate.pending_events()[self.known..])
    }
}

#[track_caller]
fn replayed<A: Aggregate>(aggregate: &A) -> A {
    let salt = match Salt::of_process() {
        Ok(salt) => salt,
        Err(error) => panic!("{error}"),
    };
    let mut replay = Replay::new(aggregate.id(), salt);
    for event in aggregate.pending_events() {
        let stored = Stored {
            sequence_id: aggregate.id(),
            position: event.header().position().unwrap_or(0.into()),
            topic: event.topic(),
            text: event.text(),
        };
        if let Err(error) = replay.apply(stored) {
            panic!("the events do not replay: {error}");
        }
    }
    match replay.checked() {
        Ok(Some(replayed)) => replayed,
        Ok(None) => panic!("the aggregate has no event"),
        Err(error) => panic!("the events do not replay: {error}"),
    }
}
