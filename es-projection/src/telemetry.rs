//! What a runner measures: for the recorder of the `metrics` facade where the feature is on, and else nothing.

use crate::progress::Progress;

/// The handles of one projection's metrics.
pub(super) struct Telemetry {
    #[cfg(feature = "metrics")]
    handles: Handles,
}

#[cfg(feature = "metrics")]
struct Handles {
    lag: metrics::Gauge,
    parked: metrics::Gauge,
    events: metrics::Counter,
    failures: metrics::Counter,
    dead_letters: metrics::Counter,
}

#[cfg(feature = "metrics")]
impl Telemetry {
    pub(super) fn new(name: &str) -> Self {
        let labels = [("projection", name.to_owned())];
        Self {
            handles: Handles {
                lag: metrics::gauge!("es_projection_lag", &labels),
                parked: metrics::gauge!("es_projection_parked_aggregates", &labels),
                events: metrics::counter!("es_projection_events_total", &labels),
                failures: metrics::counter!("es_projection_failures_total", &labels),
                dead_letters: metrics::counter!("es_projection_dead_letters_total", &labels),
            },
        }
    }

    pub(super) fn shows(&self, progress: &Progress) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "gauges are numbers that are about right"
        )]
        let (lag, parked) = (progress.lag() as f64, progress.parked as f64);
        self.handles.lag.set(lag);
        self.handles.parked.set(parked);
    }

    pub(super) fn handled(&self, events: usize) {
        self.handles.events.increment(events as u64);
    }

    pub(super) fn failed(&self) {
        self.handles.failures.increment(1);
    }

    pub(super) fn gave_up(&self) {
        self.handles.dead_letters.increment(1);
    }
}

#[cfg(not(feature = "metrics"))]
#[allow(clippy::unused_self, reason = "the same calls, where nobody measures")]
impl Telemetry {
    pub(super) fn new(_: &str) -> Self {
        Self {}
    }

    pub(super) fn shows(&self, _: &Progress) {}

    pub(super) fn handled(&self, _: usize) {}

    pub(super) fn failed(&self) {}

    pub(super) fn gave_up(&self) {}
}
