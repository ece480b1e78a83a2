//! Metrics of a runner, through the `metrics` facade; without the feature, no-ops.

use crate::progress::Progress;

/// Handles to the metrics of one projection.
pub(crate) struct Telemetry {
    #[cfg(feature = "metrics")]
    handles: Handles,
}

#[cfg(feature = "metrics")]
struct Handles {
    lag: metrics::Gauge,
    blocked_aggregates: metrics::Gauge,
    events: metrics::Counter,
    failures: metrics::Counter,
    dead_letters: metrics::Counter,
}

#[cfg(feature = "metrics")]
impl Telemetry {
    pub(crate) fn new(name: &str) -> Self {
        let labels = [("projection", name.to_owned())];
        Self {
            handles: Handles {
                lag: metrics::gauge!("es_projection_lag", &labels),
                blocked_aggregates: metrics::gauge!("es_projection_blocked_aggregates", &labels),
                events: metrics::counter!("es_projection_events_total", &labels),
                failures: metrics::counter!("es_projection_failures_total", &labels),
                dead_letters: metrics::counter!("es_projection_dead_letters_total", &labels),
            },
        }
    }

    pub(crate) fn set_progress(&self, progress: &Progress) {
        #[expect(clippy::cast_precision_loss, reason = "gauges are approximate")]
        let (lag, blocked) = (progress.lag() as f64, progress.blocked_aggregates as f64);
        self.handles.lag.set(lag);
        self.handles.blocked_aggregates.set(blocked);
    }

    pub(crate) fn count_events(&self, events: usize) {
        self.handles.events.increment(events as u64);
    }

    pub(crate) fn count_failure(&self) {
        self.handles.failures.increment(1);
    }

    pub(crate) fn count_dead_letter(&self) {
        self.handles.dead_letters.increment(1);
    }
}

#[cfg(not(feature = "metrics"))]
#[allow(clippy::unused_self, reason = "the same methods as with the feature")]
impl Telemetry {
    pub(crate) fn new(_: &str) -> Self {
        Self {}
    }

    pub(crate) fn set_progress(&self, _: &Progress) {}

    pub(crate) fn count_events(&self, _: usize) {}

    pub(crate) fn count_failure(&self) {}

    pub(crate) fn count_dead_letter(&self) {}
}
