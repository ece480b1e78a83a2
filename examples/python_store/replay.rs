//! Compares every aggregate at every version with the manifest, and verifies every other sequence.

use es::domain::{HashChained, Versioned};
use es::{Aggregate, Application, Error};

use crate::domain::{Ledger, World};
use crate::manifest::{self, Database};
use crate::state::{State, expected};
use crate::{BoxError, Report};

pub async fn compare(
    name: &str,
    app: &Application,
    database: &Database,
    report: &mut Report,
) -> Result<(), BoxError> {
    let mut events = 0;
    for aggregate in &database.aggregates {
        match aggregate.entity_topic.as_str() {
            World::TOPIC => replay::<World>(name, app, aggregate, report).await?,
            Ledger::TOPIC => replay::<Ledger>(name, app, aggregate, report).await?,
            _ => report.verified += 1,
        }
        let verification = app.event_store().verify(aggregate.id).await?;
        let head = verification.head.map(|head| head.to_string());
        // A sequence without hashes has no head; the manifest has heads only for sequences with
        // versions.
        if aggregate.head.is_some() && head != aggregate.head {
            report.differs(format!(
                "{name}: the verification of {} ends at {head:?}",
                aggregate.id
            ));
        }
        events += verification.events;
    }
    if events != database.total_events {
        report.differs(format!(
            "{name}: {events} events instead of {}",
            database.total_events
        ));
    }
    Ok(())
}

async fn replay<A: Versioned + HashChained + State>(
    name: &str,
    app: &Application,
    aggregate: &manifest::Aggregate,
    report: &mut Report,
) -> Result<(), BoxError> {
    report.replayed += 1;
    for version in &aggregate.versions {
        let Some(number) = version.version else {
            continue;
        };
        report.versions += 1;
        let place = format!("{name}: {} {} at {number}", A::TOPIC, aggregate.id);
        match app
            .get_at::<A>(aggregate.id, es::Version::new(number))
            .await
        {
            Ok(found) => compare_one(&place, &found, version, report),
            Err(Error::NotFound { .. }) if version.discarded => {}
            Err(error) => report.differs(format!("{place}: {error}")),
        }
    }
    Ok(())
}

fn compare_one<A: Versioned + HashChained + State>(
    place: &str,
    found: &A,
    version: &manifest::AtVersion,
    report: &mut Report,
) {
    if version.discarded {
        report.differs(format!("{place}: found, though it is discarded"));
    }
    if Some(found.head().as_str()) != version.head.as_deref()
        || Some(found.version().get()) != version.version
    {
        report.differs(format!(
            "{place}: head {} and version {}",
            found.head(),
            found.version()
        ));
    }
    let expected = expected(version.state.as_deref().unwrap_or_default());
    let attributes = found.attributes();
    if attributes != expected {
        report.differs(format!(
            "{place}: the state is {attributes:?} instead of {expected:?}"
        ));
    }
}
