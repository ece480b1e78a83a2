//! URIs, as `SQLAlchemy` and `sqlx` write them.
//!
//! | URI | database |
//! |---|---|
//! | `sqlite://`, `sqlite:///:memory:`, `sqlite::memory:` | in memory |
//! | `sqlite:///events.db`, `sqlite://events.db`, `sqlite:events.db` | a file, from the working directory |
//! | `sqlite:////var/events.db`, `sqlite:/var/events.db` | a file, by its absolute path |
//!
//! `?mode=ro`, `rw` or `rwc` (the default) chooses the [`Mode`]. A character of the path can be
//! written as `%` and two hexadecimal digits.

use es_store::{RecordError as Error, StoreUri};

use crate::{Location, Mode, SqliteOptions};

impl TryFrom<&StoreUri> for SqliteOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        let location = location(uri.location()).map_err(|reason| uri.invalid(reason))?;
        let mut parameters = uri.parameters()?;
        let modes = [
            ("ro", Mode::ReadOnly),
            ("rw", Mode::ReadWrite),
            ("rwc", Mode::Create),
        ];
        let mode = parameters.choice("mode", &modes)?.unwrap_or_default();
        parameters.finish()?;
        if location == Location::Memory && mode == Mode::ReadOnly {
            return Err(
                uri.invalid("a database in memory is new, so there is nothing to read in it")
            );
        }
        Ok(Self::at(location).with_mode(mode))
    }
}

fn location(path: &str) -> Result<Location, &'static str> {
    let path = match (path.strip_prefix("///"), path.strip_prefix("//")) {
        (Some(path), _) | (None, Some(path)) => path,
        (None, None) if path.is_empty() => {
            return Err("a path is missing; `sqlite::memory:` is a database in memory");
        }
        (None, None) => path,
    };
    match path {
        "" | ":memory:" => Ok(Location::Memory),
        file if file.starts_with("file:") => Err("write the path itself, without `file:`"),
        path => Ok(Location::File(StoreUri::percent_decode(path)?.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(uri: &str) -> Result<SqliteOptions, Error> {
        SqliteOptions::try_from(&StoreUri::parse(uri)?)
    }

    #[test]
    fn both_spellings_name_the_same_databases() {
        let file = |path: &str| Location::File(path.into());
        for (uri, location) in [
            ("sqlite://", Location::Memory),
            ("sqlite:///", Location::Memory),
            ("sqlite:///:memory:", Location::Memory),
            ("sqlite+pysqlite:///:memory:", Location::Memory),
            ("sqlite::memory:", Location::Memory),
            ("sqlite:////abs/events.db", file("/abs/events.db")),
            ("sqlite:/abs/events.db", file("/abs/events.db")),
            ("sqlite:///rel/events.db", file("rel/events.db")),
            ("sqlite://rel/events.db", file("rel/events.db")),
            ("sqlite:events.db", file("events.db")),
            ("sqlite:a%20b%3f.db", file("a b?.db")),
        ] {
            let options = options(uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
            assert_eq!(
                (options.location, options.mode),
                (location, Mode::Create),
                "{uri}"
            );
        }
    }

    #[test]
    fn the_mode_is_a_parameter() {
        for (mode, expected) in [
            ("ro", Mode::ReadOnly),
            ("rw", Mode::ReadWrite),
            ("rwc", Mode::Create),
        ] {
            let options = options(&format!("sqlite:events.db?mode={mode}")).expect("a valid URI");
            assert_eq!(options.mode, expected);
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_reason() {
        for (uri, reason) in [
            ("sqlite:", "a path is missing"),
            ("sqlite:events.db?mode=rwx", "unknown value `mode=rwx`"),
            ("sqlite:events.db?cache=shared", "unknown parameter `cache`"),
            ("sqlite::memory:?mode=ro", "nothing to read"),
            ("sqlite:///file:events.db", "without `file:`"),
            ("sqlite:100%.db", "two hexadecimal digits"),
            ("sqlite:%ff.db", "not UTF-8"),
        ] {
            let error = options(uri).expect_err(uri).to_string();
            assert!(error.contains(reason), "{uri}: {error}");
        }
    }
}
