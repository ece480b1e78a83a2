//! Checks that each damaged store is refused at the damaged row, with the matching error.

use std::path::Path;

use es::error::{Damage, IntegrityError};
use es::{Aggregate, Application, Error, Position};

use crate::domain::{Ledger, World};
use crate::manifest::{Manifest, Tampered};
use crate::{BoxError, Opened, Report};

pub async fn refuse_all(
    directory: &Path,
    manifest: &Manifest,
    report: &mut Report,
) -> Result<(), BoxError> {
    for (name, tampered) in &manifest.tampered {
        if !tampered.detected_by_replay {
            continue;
        }
        let database = manifest.database(&tampered.based_on)?;
        let opened = Opened::copy_of(directory, name, &database).await?;
        let found = match tampered.entity_topic.as_deref() {
            Some(World::TOPIC) => error_of::<World>(&opened.app, tampered).await,
            Some(Ledger::TOPIC) => error_of::<Ledger>(&opened.app, tampered).await,
            _ => opened
                .app
                .event_store()
                .verify(tampered.sequence_id)
                .await
                .err(),
        };
        let python = tampered
            .expected
            .replay_error
            .as_deref()
            .unwrap_or_default();
        match found {
            None => report.differs(format!("{name}: accepted, though {}", tampered.change)),
            Some(error) if !is_kind(&error, python) => {
                report.differs(format!("{name}: {error}, where Python says {python}"));
            }
            Some(error) if position_of(&error) != tampered.expected.at_row_position => {
                report.differs(format!("{name}: found elsewhere: {error}"));
            }
            Some(_) => report.refused += 1,
        }
    }
    Ok(())
}

async fn error_of<A: Aggregate>(app: &Application, tampered: &Tampered) -> Option<Error> {
    app.get::<A>(tampered.sequence_id).await.err()
}

/// Returns whether an error corresponds to an error of Python's library.
fn is_kind(error: &Error, python: &str) -> bool {
    let damage = match error {
        Error::Integrity(IntegrityError { damage, .. }) => damage,
        Error::UnknownTopic { .. } => return python == "TopicResolutionError",
        _ => return false,
    };
    match python {
        "EventHashError" => matches!(damage, Damage::EventHash),
        "HeadHashError" => matches!(damage, Damage::PreviousHash),
        "OriginatorIDError" => matches!(damage, Damage::OriginatorId),
        "OriginatorVersionError" => matches!(damage, Damage::Version { .. }),
        // Without the program's types, an unknown topic is a topic that differs from the event's.
        "AssertionError" | "TopicResolutionError" => matches!(damage, Damage::Topic),
        "AttributeError" => matches!(damage, Damage::NotCreated | Damage::AfterDiscarded),
        "TypeError" => matches!(damage, Damage::CreatedTwice),
        "KeyError" => matches!(damage, Damage::Missing(_)),
        "JSONDecodeError" => matches!(damage, Damage::Malformed(_)),
        "DataIntegrityError" => matches!(damage, Damage::Cipher(_)),
        _ => false,
    }
}

fn position_of(error: &Error) -> Option<i64> {
    match error {
        Error::Integrity(IntegrityError {
            position: Position::Integer(position),
            ..
        })
        | Error::UnknownTopic {
            position: Position::Integer(position),
            ..
        } => Some(*position),
        _ => None,
    }
}
