//! Loom tests of the queue: the file of the real queue, compiled with loom's mutex.

mod sync {
    pub(super) use loom::sync::{Mutex, MutexGuard};
    pub(super) use std::sync::PoisonError;
}

#[allow(clippy::duplicate_mod, reason = "that is the point")]
#[path = "queue.rs"]
mod queue;

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;
use tokio::sync::oneshot;

use queue::{PushError, Queue};

type Entry = oneshot::Sender<()>;

/// The final result of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Answered,
    Dropped,
    Rejected(PushError),
}

fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(check);
}

fn call(queue: &Queue<Entry>) -> Seen {
    let (reply, answer) = oneshot::channel();
    block_on(async {
        match queue.push(reply).await {
            Err(error) => Seen::Rejected(error),
            Ok(()) => answer.await.map_or(Seen::Dropped, |()| Seen::Answered),
        }
    })
}

/// Answers entries in batches of at most two until the queue ends.
fn write(queue: &Queue<Entry>) {
    while block_on(queue.wait()) {
        for reply in queue.drain(2) {
            reply.send(()).expect("the caller waits");
        }
    }
    assert!(
        queue.stop().is_empty(),
        "a writer that was closed leaves no entries"
    );
}

#[test]
fn every_caller_is_answered_by_a_queue_of_one_slot() {
    model(|| {
        let queue = Arc::new(Queue::new(1));
        let callers: Vec<_> = (0..2)
            .map(|_| {
                let queue = queue.clone();
                thread::spawn(move || call(&queue))
            })
            .collect();
        let mut answered = 0;
        while answered < 2 {
            assert!(block_on(queue.wait()), "the queue is open");
            for reply in queue.drain(2) {
                reply.send(()).expect("the caller waits");
                answered += 1;
            }
        }
        for caller in callers {
            assert_eq!(caller.join().expect("no panic"), Seen::Answered);
        }
    });
}

#[test]
fn a_caller_that_meets_the_close_is_answered_or_refused_and_the_writer_ends() {
    model(|| {
        let queue = Arc::new(Queue::new(1));
        let caller = thread::spawn({
            let queue = queue.clone();
            move || call(&queue)
        });
        let writer = thread::spawn({
            let queue = queue.clone();
            move || write(&queue)
        });
        queue.close();
        block_on(queue.stopped());
        let seen = caller.join().expect("no panic");
        assert!(
            matches!(seen, Seen::Answered | Seen::Rejected(PushError::Closed)),
            "{seen:?}"
        );
        writer.join().expect("no panic");
    });
}

#[test]
fn nobody_waits_for_a_writer_that_has_died() {
    model(|| {
        let queue = Arc::new(Queue::new(1));
        let callers: Vec<_> = (0..2)
            .map(|_| {
                let queue = queue.clone();
                thread::spawn(move || call(&queue))
            })
            .collect();
        // The entries that the writer took, and those that it leaves, are dropped.
        drop(queue.drain(1));
        drop(queue.stop());
        for caller in callers {
            let seen = caller.join().expect("no panic");
            assert!(
                matches!(
                    seen,
                    Seen::Dropped | Seen::Rejected(PushError::WriterStopped)
                ),
                "{seen:?}"
            );
        }
        block_on(queue.stopped());
    });
}

#[test]
fn a_caller_that_gives_up_while_it_waits_for_room_takes_none() {
    model(|| {
        let queue: Arc<Queue<Entry>> = Arc::new(Queue::new(1));
        let (first, _answer) = oneshot::channel();
        block_on(queue.push(first)).expect("there is room");
        let waiting = thread::spawn({
            let queue = queue.clone();
            move || {
                let (reply, _answer) = oneshot::channel();
                let mut push = Box::pin(queue.push(reply));
                let waker = std::task::Waker::noop();
                let _ = push
                    .as_mut()
                    .poll(&mut std::task::Context::from_waker(waker));
            }
        });
        let drained = queue.drain(2).len();
        waiting.join().expect("no panic");
        let (last, _answer) = oneshot::channel();
        let left = queue.drain(2).len();
        assert!(drained + left <= 2);
        block_on(queue.push(last)).expect("there is room again");
        assert_eq!(queue.drain(2).len(), 1);
    });
}
