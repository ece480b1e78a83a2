//! Given, when, then: tests of the commands of an aggregate.

use std::fmt::Debug;

use es_core::domain::{Aggregate, DomainEvent, EventOf, Replay, Salt, Stored};

/// An aggregate with a history, on which a test runs a command.
#[must_use = "nothing is tested before `when`"]
pub struct Given<A: Aggregate> {
    aggregate: A,
}

/// Starts a test with an aggregate that has this first event.
///
/// # Panics
///
/// If the event cannot be stored and read back.
#[track_caller]
pub fn given<A: Aggregate>(created: A::Created) -> Given<A> {
    let id = es_core::__private::new_id();
    match es_core::__private::create(id, created) {
        Ok(aggregate) => {
            check_read_back(&aggregate);
            Given { aggregate }
        }
        Err(error) => panic!("given: the aggregate cannot be created: {error}"),
    }
}

/// Runs a command that creates an aggregate, for a test without a history.
///
/// # Panics
///
/// If an event of the aggregate cannot be read back.
#[track_caller]
#[must_use = "nothing is asserted before `then…`"]
pub fn when_created<A: Aggregate, E: Debug>(
    create: impl FnOnce() -> Result<A, E>,
) -> Then<A, (), E> {
    let (aggregate, outcome) = match create() {
        Ok(aggregate) => {
            check_read_back(&aggregate);
            (Some(aggregate), Ok(()))
        }
        Err(error) => (None, Err(error)),
    };
    Then {
        aggregate,
        outcome,
        history_len: 0,
    }
}

impl<A: Aggregate> Given<A> {
    /// Adds an event to the history. The event may be retired.
    ///
    /// # Panics
    ///
    /// If the event cannot be triggered and read back.
    #[track_caller]
    pub fn and<E: EventOf<A>>(mut self, event: E) -> Self {
        if let Err(error) = es_core::__private::trigger(&mut self.aggregate, event) {
            panic!("given: an event cannot be triggered: {error}");
        }
        check_read_back(&self.aggregate);
        self
    }

    /// Runs a command on the aggregate.
    ///
    /// # Panics
    ///
    /// If an event that the command triggers cannot be read back.
    #[track_caller]
    #[must_use = "nothing is asserted before `then…`"]
    pub fn when<T, E: Debug>(
        mut self,
        command: impl FnOnce(&mut A) -> Result<T, E>,
    ) -> Then<A, T, E> {
        let history_len = self.aggregate.pending_events().len();
        let outcome = command(&mut self.aggregate);
        check_read_back(&self.aggregate);
        Then {
            aggregate: Some(self.aggregate),
            outcome,
            history_len,
        }
    }
}

/// The outcome of a command, with assertions on it.
pub struct Then<A: Aggregate, T, E> {
    aggregate: Option<A>,
    outcome: Result<T, E>,
    /// Number of events before the command.
    history_len: usize,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "each assertion is complete by itself"
)]
impl<A: Aggregate, T, E: Debug> Then<A, T, E> {
    /// Asserts that the command succeeded and triggered exactly these events, in this order.
    ///
    /// # Panics
    ///
    /// If it did not.
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

    /// Asserts that the command succeeded and triggered no event.
    ///
    /// # Panics
    ///
    /// If it did not.
    #[track_caller]
    pub fn then_nothing(self) -> Self {
        self.succeeded();
        assert!(
            self.happened().is_empty(),
            "the command triggered these events: {:?}",
            self.happened()
        );
        self
    }

    /// Asserts that the command failed with the expected error and triggered no event.
    ///
    /// # Panics
    ///
    /// If it did not.
    #[track_caller]
    pub fn then_error(self, is_expected: impl FnOnce(&E) -> bool) -> Self {
        match &self.outcome {
            Ok(_) => panic!(
                "the command succeeded and triggered these events: {:?}",
                self.happened()
            ),
            Err(error) => assert!(
                is_expected(error),
                "the command failed with another error: {error:?}"
            ),
        }
        assert!(
            self.happened().is_empty(),
            "the command failed but triggered these events: {:?}",
            self.happened()
        );
        self
    }

    /// Runs assertions on the state of the aggregate.
    ///
    /// # Panics
    ///
    /// If the aggregate was not created, or if an assertion fails.
    #[track_caller]
    pub fn then_state(self, check: impl FnOnce(&A)) -> Self {
        check(self.created());
        self
    }

    /// Asserts that a replay of the events gives the same state: `mutate` depends only on the event
    /// and the state.
    ///
    /// # Panics
    ///
    /// If the aggregate was not created, or if the replay gives another state.
    #[track_caller]
    pub fn then_replays(self) -> Self
    where
        A: PartialEq + Debug,
    {
        let aggregate = self.created();
        assert_eq!(
            &replayed(aggregate),
            aggregate,
            "left: the aggregate replayed; right: the aggregate after the command"
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
        self.aggregate.as_ref().map_or(&[], |aggregate| {
            &aggregate.pending_events()[self.history_len..]
        })
    }
}

/// Checks that replay will read the same events, also if their types opt out of the check.
#[track_caller]
fn check_read_back<A: Aggregate>(aggregate: &A) {
    if let Err(error) = es_core::__private::check_read_back(aggregate.pending_events()) {
        panic!("an event cannot be saved and loaded again: {error}");
    }
}

#[track_caller]
fn replayed<A: Aggregate>(aggregate: &A) -> A {
    let salt = match Salt::from_env() {
        Ok(salt) => salt,
        Err(error) => panic!("the salt for the replay is unavailable: {error}"),
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
            panic!("replaying the events failed: {error}");
        }
    }
    match replay.checked() {
        Ok(Some(replayed)) => replayed,
        Ok(None) => panic!("the aggregate has no event"),
        Err(error) => panic!("replaying the events failed: {error}"),
    }
}
