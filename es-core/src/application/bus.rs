//! The bus: publish and subscribe within a process.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use es_store::BoxError;

use super::handler::{Handler, HandlerResult, Stateless};
use super::queue::{Queue, SUBSCRIBER};
use crate::domain::{AnyEvent, EventHeader};
use crate::panics::catch;

/// Publishes events to the subscribers within a process. A bus can be used without an application.
/// Cloning is cheap.
///
/// ```
/// use es_core::application::Bus;
///
/// let bus = Bus::new();
/// let all = bus.subscribe(|_| true, |events| {
///     println!("{} events happened", events.len());
///     Ok(())
/// });
/// bus.unsubscribe(all);
/// ```
#[derive(Clone, Default)]
pub struct Bus(Arc<RwLock<Subscribers>>);

type Predicate = dyn Fn(&AnyEvent<'_>) -> bool + Send + Sync;
type Handle = dyn Fn(&[AnyEvent<'_>]) -> Result<(), BoxError> + Send + Sync;
pub(super) type ErrorHook = dyn Fn(&BoxError) + Send + Sync;

#[derive(Default)]
struct Subscribers {
    list: Vec<Arc<Subscriber>>,
    on_error: Option<Arc<ErrorHook>>,
}

struct Subscriber {
    subscription: Subscription,
    accepts: Box<Predicate>,
    handle: Box<Handle>,
    /// The queue of an `async` handler.
    queue: Option<Arc<Queue>>,
}

/// The key of a subscription, for [`Bus::unsubscribe`]. Dropping it does not end the subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subscription(u64);

impl Subscription {
    /// Creates a key that is unique in the process.
    fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

impl Bus {
    /// Creates a bus without subscribers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Subscribes `handle` to the events that `accepts` matches. It is called once for each
    /// published list that contains such events.
    ///
    /// Subscribers run one after another on the thread that publishes, in the order of their
    /// registration, so they should be fast. An error or a panic of a subscriber is logged and passed
    /// to the error hook ([`on_error`](Self::on_error)). It stops nothing, because the events are
    /// already stored.
    pub fn subscribe(
        &self,
        accepts: impl Fn(&AnyEvent<'_>) -> bool + Send + Sync + 'static,
        handle: impl Fn(&[AnyEvent<'_>]) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Subscription {
        self.add(Box::new(accepts), Box::new(handle), None)
    }

    fn add(
        &self,
        accepts: Box<Predicate>,
        handle: Box<Handle>,
        queue: Option<Arc<Queue>>,
    ) -> Subscription {
        let subscription = Subscription::new();
        let subscriber = Subscriber {
            subscription,
            accepts,
            handle,
            queue,
        };
        self.write().list.push(Arc::new(subscriber));
        subscription
    }

    /// Subscribes a function with `#[subscribe_to(…)]` to the events of its type.
    ///
    /// A function that is not `async` is called as in [`subscribe`](Self::subscribe).
    ///
    /// An `async` function has its own queue and task, which handles the events one after
    /// another in the order in which they were published. It neither delays nor fails the `save`
    /// that publishes them; [`wait_idle`](Self::wait_idle) waits for it. The task runs in the tokio
    /// runtime in which its first event is published. Outside of a runtime, publishing reports an
    /// error to the hook.
    ///
    /// Each queue holds 65,536 events. When it is full, the event and the rest of its `save` are
    /// dropped for this handler and reported to the error hook. Queued events are lost when the
    /// process ends. To process every event, follow the application sequence with a projection.
    pub fn register<H: Handler<State: Stateless>>(&self) -> Subscription {
        self.register_with::<H>(H::State::none())
    }

    /// Subscribes a function with `#[subscribe_to(…)]` and passes it `state` as the first argument.
    /// See [`register`](Self::register).
    pub fn register_with<H: Handler>(&self, state: H::State) -> Subscription {
        // A strong reference would be a cycle: the bus owns the queue.
        let (state, bus) = (Arc::new(state), Arc::downgrade(&self.0));
        let queue = Arc::new(Queue::new(move |error| report_to(&bus, error)));
        let work_queue = Arc::clone(&queue);
        let handle = move |events: &[AnyEvent<'_>]| {
            events
                .iter()
                .filter_map(|event| Some((event.header(), event.payload::<H::Event>()?)))
                .try_for_each(|(header, event)| match H::__handle(&state, header, event) {
                    HandlerResult::Ready(result) => result,
                    HandlerResult::Future(work) => work_queue.push(work),
                })
        };
        let accepts = |event: &AnyEvent<'_>| event.payload::<H::Event>().is_some();
        self.add(Box::new(accepts), Box::new(handle), Some(queue))
    }

    /// Waits until the `async` handlers have handled all events that were published before.
    ///
    /// A handler must not call this, because it would wait for itself.
    pub async fn wait_idle(&self) {
        let list = self.read().list.clone();
        for queue in list
            .iter()
            .filter_map(|subscriber| subscriber.queue.as_ref())
        {
            queue.wait_idle().await;
        }
    }

    /// Subscribes `handle` to each event with a payload of type `E`.
    pub fn subscribe_to<E: 'static>(
        &self,
        handle: impl Fn(&EventHeader, &E) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Subscription {
        let handle_all = move |events: &[AnyEvent<'_>]| {
            events
                .iter()
                .filter_map(|event| Some((event.header(), event.payload::<E>()?)))
                .try_for_each(|(header, payload)| handle(header, payload))
        };
        self.subscribe(|event| event.payload::<E>().is_some(), handle_all)
    }

    /// Ends a subscription. Returns whether it existed.
    pub fn unsubscribe(&self, subscription: Subscription) -> bool {
        let mut subscribers = self.write();
        let before = subscribers.list.len();
        subscribers
            .list
            .retain(|subscriber| subscriber.subscription != subscription);
        subscribers.list.len() < before
    }

    /// Sets the error hook: a function that receives the errors of subscribers and of automatic
    /// snapshots. It replaces the previous hook.
    pub fn on_error(&self, hook: impl Fn(&BoxError) + Send + Sync + 'static) {
        self.set_error_hook(Arc::new(hook));
    }

    pub(super) fn set_error_hook(&self, hook: Arc<ErrorHook>) {
        self.write().on_error = Some(hook);
    }

    /// Publishes events to all subscribers.
    pub fn publish(&self, events: &[AnyEvent<'_>]) {
        // The lock is released first, so that a subscriber can subscribe and unsubscribe.
        let list = self.read().list.clone();
        for subscriber in &list {
            if let Err(error) = subscriber.call(events) {
                report(self.error_hook().as_deref(), &error);
            }
        }
    }

    pub(super) fn call_error_hook(&self, error: &BoxError) {
        call_hook(self.error_hook().as_deref(), error);
    }

    fn error_hook(&self) -> Option<Arc<ErrorHook>> {
        self.read().on_error.clone()
    }

    /// Returns whether there are no subscribers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read().list.is_empty()
    }

    // A panic cannot leave the list half-changed: each change is one call of a `Vec` or an
    // assignment.
    fn read(&self) -> RwLockReadGuard<'_, Subscribers> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Subscribers> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports an error to a bus. If the bus is gone, the error is only logged.
fn report_to(bus: &Weak<RwLock<Subscribers>>, error: &BoxError) {
    let hook = bus.upgrade().and_then(|bus| Bus(bus).error_hook());
    report(hook.as_deref(), error);
}

/// Logs an error of a subscriber and passes it to the error hook.
fn report(hook: Option<&ErrorHook>, error: &BoxError) {
    tracing::error!(error = %error, "a subscriber failed");
    call_hook(hook, error);
}

fn call_hook(hook: Option<&ErrorHook>, error: &BoxError) {
    if let Some(hook) = hook {
        // A panic of the hook must not reach the caller of `save`: the events are stored.
        let _ = catch("the error hook", || hook(error));
    }
}

impl Subscriber {
    fn call(&self, events: &[AnyEvent<'_>]) -> Result<(), BoxError> {
        let call = || {
            let accepted: Vec<_> = events
                .iter()
                .copied()
                .filter(|event| (self.accepts)(event))
                .collect();
            if accepted.is_empty() {
                Ok(())
            } else {
                (self.handle)(&accepted)
            }
        };
        catch(SUBSCRIBER, call).unwrap_or_else(|panic| Err(panic.into()))
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus")
            .field("subscribers", &self.read().list.len())
            .finish()
    }
}
