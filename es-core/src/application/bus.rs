use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use es_store::BoxError;

use super::handler::{Handled, Handler, Stateless};
use super::handler_queue::{Queue, SUBSCRIBER};
use crate::domain::event::{AnyEvent, EventHeader};
use crate::panics::caught;

/// Publish and subscribe: hands events to those who asked for them. Usable without an application, and cheap to clone.
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
    /// The work of an `async` handler.
    queue: Option<Arc<Queue>>,
}

/// What [`Bus::unsubscribe`] takes to end a subscription. Dropping it ends nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subscription(u64);

impl Subscription {
    /// One that no other bus of the process has.
    fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

impl Bus {
    /// Without subscribers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `handle` with the events that `accepts` takes, once for each list that is published and holds any.
    ///
    /// Subscribers are called one after another, in the order in which they came, by the thread that publishes; what is
    /// slow belongs elsewhere. An error, or a panic, is traced and handed to the hook ([`on_error`](Self::on_error)); it
    /// stops nothing, for the events have happened.
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
        let mut subscribers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let subscription = Subscription::new();
        let subscriber = Subscriber {
            subscription,
            accepts,
            handle,
            queue,
        };
        subscribers.list.push(Arc::new(subscriber));
        subscription
    }

    /// Calls a function that is marked `#[subscribe_to(…)]` with each event of the type that it names.
    ///
    /// One that is not `async` is called as any subscriber is ([`subscribe`](Self::subscribe)). The work of an `async` one is
    /// queued, and done in a task of its own, one event after another in the order in which they were published: it neither
    /// slows nor fails the `save` that published them, and [`settle`](Self::settle) waits for it. The task runs in the tokio
    /// runtime in which the first of them was published; outside of one, the error goes to the hook. Of 65,536 events that wait
    /// for a handler no more are taken, nor those of the same `save` behind them: the hook is told, and the handler never sees
    /// them. What is queued is lost where the process ends. What must see every event follows the application's sequence
    /// instead.
    pub fn register<H: Handler<State: Stateless>>(&self) -> Subscription {
        self.register_with::<H>(H::State::none())
    }

    /// The same, for a function whose first argument is `state`.
    pub fn register_with<H: Handler>(&self, state: H::State) -> Subscription {
        let (state, bus) = (Arc::new(state), Arc::downgrade(&self.0));
        let queue = Arc::new(Queue::new(move |error| report(&bus, error)));
        let worker = Arc::clone(&queue);
        let handle = move |events: &[AnyEvent<'_>]| {
            events
                .iter()
                .filter_map(|event| Some((event.header(), event.payload::<H::Event>()?)))
                .try_for_each(|(header, event)| match H::__handle(&state, header, event) {
                    Handled::Now(result) => result,
                    Handled::Later(work) => worker.push(work),
                })
        };
        let accepts = |event: &AnyEvent<'_>| event.payload::<H::Event>().is_some();
        self.add(Box::new(accepts), Box::new(handle), Some(queue))
    }

    /// Waits until the `async` handlers have done what was published before.
    ///
    /// A handler must not wait for this itself: it would wait for its own end.
    pub async fn settle(&self) {
        let list = {
            let subscribers = self.0.read().unwrap_or_else(PoisonError::into_inner);
            subscribers.list.clone()
        };
        for queue in list
            .iter()
            .filter_map(|subscriber| subscriber.queue.as_ref())
        {
            queue.settled().await;
        }
    }

    /// Calls `handle` with each event whose payload is an `E`.
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

    /// Ends a subscription; says whether there was one.
    pub fn unsubscribe(&self, subscription: Subscription) -> bool {
        let mut subscribers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = subscribers.list.len();
        subscribers
            .list
            .retain(|subscriber| subscriber.subscription != subscription);
        subscribers.list.len() < before
    }

    /// Hands the errors of subscribers, and of snapshots that could not be taken, to `hook`, in place of the hook before.
    pub fn on_error(&self, hook: impl Fn(&BoxError) + Send + Sync + 'static) {
        self.set_error_hook(Arc::new(hook));
    }

    pub(super) fn set_error_hook(&self, hook: Arc<ErrorHook>) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .on_error = Some(hook);
    }

    /// Hands events that have happened to all subscribers.
    pub fn publish(&self, events: &[AnyEvent<'_>]) {
        // Without the lock while they run: a subscriber may subscribe and unsubscribe.
        let list = {
            let subscribers = self.0.read().unwrap_or_else(PoisonError::into_inner);
            subscribers.list.clone()
        };
        for subscriber in &list {
            if let Err(error) = subscriber.call(events) {
                tell(self.error_hook().as_deref(), &error);
            }
        }
    }

    /// Hands an error to the hook.
    pub(crate) fn report(&self, error: &BoxError) {
        hand(self.error_hook().as_deref(), error);
    }

    fn error_hook(&self) -> Option<Arc<ErrorHook>> {
        let subscribers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        subscribers.on_error.clone()
    }

    /// Whether nobody is subscribed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .list
            .is_empty()
    }
}

/// Hands an error to the hook of a bus, if there still is one.
fn report(bus: &Weak<RwLock<Subscribers>>, error: &BoxError) {
    let on_error = bus.upgrade().and_then(|subscribers| {
        let subscribers = subscribers.read().unwrap_or_else(PoisonError::into_inner);
        subscribers.on_error.clone()
    });
    tell(on_error.as_deref(), error);
}

fn tell(on_error: Option<&ErrorHook>, error: &BoxError) {
    tracing::error!(error = %error, "a subscriber failed");
    hand(on_error, error);
}

fn hand(on_error: Option<&ErrorHook>, error: &BoxError) {
    if let Some(hook) = on_error {
        // It may panic as any subscriber: the events have happened all the same.
        let _ = caught("the hook", || hook(error));
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
        caught(SUBSCRIBER, call).unwrap_or_else(|panicked| Err(panicked.into()))
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subscribers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Bus")
            .field("subscribers", &subscribers.list.len())
            .finish()
    }
}
