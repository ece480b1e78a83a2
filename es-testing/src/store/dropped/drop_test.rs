//! The harness: it counts polls and drops futures.

#![allow(clippy::print_stdout, reason = "the counts are the report of the test")]

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// An operation that may be dropped before it completes.
pub struct Dropped(Pin<Box<dyn Future<Output = ()> + Send>>);

/// Boxes an operation and ignores its result: its connection is examined.
pub fn dropped<T>(operation: impl Future<Output = T> + Send + 'static) -> Dropped {
    Dropped(Box::pin(async move { drop(operation.await) }))
}

/// Examines the connections of a store.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Returns the faults of the connections, and repairs them for the next call.
    async fn faults(&self) -> Vec<String>;
}

/// Drops futures at each of their await points, and collects the faults that a probe finds.
pub struct DropTest<'p> {
    store: &'static str,
    probe: &'p dyn Probe,
    operations: usize,
    await_points: usize,
    drops: usize,
    faults: Vec<String>,
}

/// The maximum number of polls of an operation.
const MAX_POLLS: usize = 1_000;

/// The timeout of the preparation of an operation and of one of its steps. Both are slow only if an
/// earlier drop left a lock behind.
const STUCK: Duration = Duration::from_secs(20);

/// The time between the last poll and the drop.
///
/// Without a pause the request may not have been sent yet. With a pause the server has answered,
/// and the answer was not read.
const PAUSES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(2)];

impl<'p> DropTest<'p> {
    /// Creates a test of a store. The name is part of the report.
    #[must_use]
    pub fn new(store: &'static str, probe: &'p dyn Probe) -> Self {
        Self {
            store,
            probe,
            operations: 0,
            await_points: 0,
            drops: 0,
            faults: Vec::new(),
        }
    }

    /// Drops an operation at each of its await points. `prepare` is called before each attempt.
    pub async fn operation(&mut self, name: &str, mut prepare: impl AsyncFnMut() -> Dropped) {
        let attempt = async |point: DropPoint| {
            let Ok(Dropped(future)) = timeout(STUCK, prepare()).await else {
                return Err("it cannot be prepared".to_owned());
            };
            Ok(point.poll(future).await)
        };
        self.attempts(name, attempt).await;
    }

    /// Calls `attempt` with each point at which it drops its future, until it returns that the
    /// future was ready. An error is a fault.
    pub async fn attempts(
        &mut self,
        name: &str,
        mut attempt: impl AsyncFnMut(DropPoint) -> Result<bool, String>,
    ) {
        self.operations += 1;
        for polls in 1..=MAX_POLLS {
            let mut is_ready = true;
            for pause in PAUSES {
                let attempted = timeout(2 * STUCK, attempt(DropPoint { polls, pause })).await;
                let attempted = attempted.unwrap_or_else(|_| Err("no answer arrives".to_owned()));
                let faults = self.probe.faults().await.into_iter();
                let faults = attempted.as_ref().err().cloned().into_iter().chain(faults);
                let fault =
                    |fault| format!("{name}, dropped at poll {polls} after {pause:?}: {fault}");
                self.faults.extend(faults.map(fault));
                let was_ready = attempted.unwrap_or(true);
                self.drops += usize::from(!was_ready);
                is_ready &= was_ready;
            }
            if is_ready {
                return;
            }
            self.await_points += 1;
        }
        self.faults.push(format!("{name}: it does not complete"));
    }

    /// Prints the counts.
    ///
    /// # Panics
    ///
    /// If there were faults.
    pub fn finish(self) {
        let Self {
            store,
            operations,
            await_points,
            drops,
            faults,
            ..
        } = self;
        println!(
            "{store}: {operations} operations, {await_points} await points, {drops} futures dropped, {} faults",
            faults.len()
        );
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

/// The point at which a future is dropped.
#[derive(Debug, Clone, Copy)]
pub struct DropPoint {
    polls: usize,
    pause: Duration,
}

impl DropPoint {
    /// Polls a future each time it is woken, up to the point, and drops it. Returns whether it was
    /// ready.
    pub async fn poll(self, future: impl Future<Output = ()>) -> bool {
        let mut future = pin!(future);
        let signal = Arc::new(Signal(Notify::new()));
        let waker = Waker::from(signal.clone());
        for poll in 1..=self.polls {
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            if polled == Poll::Ready(()) {
                return true;
            }
            if poll < self.polls {
                signal.0.notified().await;
            }
        }
        if !self.pause.is_zero() {
            sleep(self.pause).await;
        }
        false
    }
}

/// A waker that remembers one wake-up.
struct Signal(Notify);

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Finds a fault after each future that was dropped between its two steps.
    #[derive(Default)]
    struct Steps(Arc<AtomicUsize>);

    #[async_trait]
    impl Probe for Steps {
        async fn faults(&self) -> Vec<String> {
            let open = self.0.swap(0, Ordering::Relaxed);
            (0..open).map(|_| "a step is missing".to_owned()).collect()
        }
    }

    #[tokio::test]
    async fn a_future_is_dropped_at_each_await_point_and_each_fault_is_found() {
        let steps = Steps::default();
        let mut test = DropTest::new("steps", &steps);
        let operation = async || {
            let open = steps.0.clone();
            dropped(async move {
                tokio::task::yield_now().await;
                open.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                open.fetch_sub(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            })
        };
        test.operation("three steps", operation).await;
        assert_eq!((test.operations, test.await_points, test.drops), (1, 3, 6));
        assert_eq!(test.faults.len(), 2);
    }
}
