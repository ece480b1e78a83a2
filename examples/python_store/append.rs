//! Appends to a store that Python wrote, and lets Python check the result.

use std::process::Command;

use es::json::Value;
use es::{Aggregate, Application};

use crate::domain::{Annotated, Ledger, Posted, SomethingHappened, World};
use crate::manifest::Database;
use crate::{BoxError, Opened, Report};

pub async fn append(
    name: &str,
    opened: &Opened,
    database: &Database,
    report: &mut Report,
) -> Result<(), BoxError> {
    continue_all(&opened.app, database).await?;
    create_new(&opened.app).await?;
    opened.app.close().await?;
    report.appended += 1;
    match std::env::var_os("ES_PYTHON5") {
        None => println!("{name}: appended to; set ES_PYTHON5 to have Python check it"),
        Some(python) => check(name, python.as_ref(), opened, database, report)?,
    }
    Ok(())
}

async fn continue_all(app: &Application, database: &Database) -> Result<(), BoxError> {
    for aggregate in &database.aggregates {
        if aggregate
            .versions
            .last()
            .is_none_or(|version| version.discarded)
        {
            continue;
        }
        match aggregate.entity_topic.as_str() {
            World::TOPIC => {
                let mut world: World = app.get(aggregate.id).await?;
                world.trigger(SomethingHappened {
                    what: Value::parse(r#"{"in":["Rust",1e16,-0.0,"\u00e9"]}"#)?,
                })?;
                world.set_ruler(Value::Null)?;
                app.save(&mut world).await?;
            }
            Ledger::TOPIC => {
                let mut ledger: Ledger = app.get(aggregate.id).await?;
                post(&mut ledger)?;
                app.save(&mut ledger).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn post(ledger: &mut Ledger) -> Result<(), BoxError> {
    ledger.trigger(Posted {
        amount: "5.1E+10".parse()?,
        at: Value::parse(r#"{"ISO8601_datetime":"2026-11-24T12:00:00.000001"}"#)?,
        cents: -7,
        reference: es::json::Tagged(uuid::Uuid::from_u128(7)),
    })?;
    ledger.trigger(Annotated {
        key: "clé".to_owned(),
        note: Value::parse("[null,true,1.5]")?,
    })?;
    Ok(ledger.set_rate(Value::parse("1e-7")?)?)
}

async fn create_new(app: &Application) -> Result<(), BoxError> {
    let mut world = World::create(Value::String("Rust".to_owned()))?;
    world.trigger(SomethingHappened {
        what: Value::Bool(true),
    })?;
    app.save(&mut world).await?;
    let text = |text: &str| Value::String(text.to_owned());
    let mut ledger = Ledger::create(text("owner"), Value::Null, Value::Null)?;
    post(&mut ledger)?;
    ledger.discard()?;
    app.save(&mut ledger).await?;
    Ok(())
}

fn check(
    name: &str,
    python: &std::ffi::OsStr,
    opened: &Opened,
    database: &Database,
    report: &mut Report,
) -> Result<(), BoxError> {
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(python);
    command
        .env("TZ", "UTC")
        .arg(repository.join("scripts/python5/check_python.py"))
        .arg(&opened.path)
        .arg("--modules")
        .arg(repository.join("tests/python5/vectors"))
        .args(["--all-versions", "--contiguous", "--salt", &database.salt]);
    if let Some(key_file) = &opened.key_file {
        command.arg("--key-file").arg(key_file);
    }
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", python.display()))?;
    if output.status.success() {
        println!("{name}: Python accepts what was appended");
    } else {
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = said
            .split_once("\"errors\"")
            .map_or(&*said, |(_, rest)| rest);
        report.differs(format!(
            "{name}: Python refuses it: {}",
            errors.chars().take(2_000).collect::<String>()
        ));
    }
    Ok(())
}
