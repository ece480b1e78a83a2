//! URIs, as [`PostgresOptions`] documents them.

use std::str::FromStr;

use es_store::kit::TlsParameters;
use es_store::{RecordError as Error, StoreUri};
use tokio_postgres::Config;

use crate::PostgresOptions;

impl TryFrom<&StoreUri> for PostgresOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        parse(uri.rest()).map_err(|reason| Error::InvalidUri {
            uri: uri.to_string(),
            reason,
        })
    }
}

fn parse(rest: &str) -> Result<PostgresOptions, String> {
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut tls = TlsParameters::default();
    let mut others = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some((name, value)) if tls.take(name, value)? => {}
            // What only other drivers need.
            Some(("client_encoding" | "statement-cache-capacity", _)) => {}
            _ => others.push(parameter),
        }
    }
    let uri = format!("postgresql:{address}?{}", others.join("&"));
    let config = Config::from_str(&uri).map_err(|error| reason(&error))?;
    if config.get_hosts().is_empty() {
        return Err(
            "a host is missing, as in `postgresql://user:password@host:5432/database`".to_owned(),
        );
    }
    Ok(PostgresOptions::new(config).with_tls(tls.tls()?))
}

/// The driver's reason, without the value that it may quote.
fn reason(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => "it is malformed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use es_store::kit::Tls;
    use tokio_postgres::config::Host;

    use super::*;

    fn options(uri: &str) -> Result<PostgresOptions, Error> {
        PostgresOptions::try_from(&StoreUri::parse(uri)?)
    }

    #[test]
    fn all_spellings_name_the_same_database() {
        for uri in [
            "postgresql://app:se%40cret@db.internal:5433/shop",
            "postgres://app:se%40cret@db.internal:5433/shop",
            "postgresql+psycopg2://app:se%40cret@db.internal:5433/shop?client_encoding=utf8",
            "postgresql://app:se%40cret@db.internal:5433/shop?sslmode=prefer",
        ] {
            let options = options(uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
            let config = options.config;
            assert_eq!(config.get_user(), Some("app"));
            assert_eq!(config.get_password(), Some(&b"se@cret"[..]));
            assert_eq!(config.get_hosts(), [Host::Tcp("db.internal".to_owned())]);
            assert_eq!(config.get_ports(), [5433]);
            assert_eq!(config.get_dbname(), Some("shop"));
            assert_eq!(options.tls, Tls::Off);
        }
    }

    #[test]
    fn tls_is_a_parameter() {
        let tls = |parameters: &str| options(&format!("postgresql://h/d?{parameters}"));
        assert_eq!(tls("sslmode=require").expect("valid").tls, Tls::Verified);
        assert_eq!(
            tls("sslmode=verify-full&sslrootcert=/etc/ca.pem")
                .expect("valid")
                .tls,
            Tls::VerifiedBy("/etc/ca.pem".into())
        );
    }

    #[test]
    fn anything_else_is_refused_with_a_reason_and_without_the_password() {
        for (uri, reason) in [
            ("postgresql:", "unexpected EOF"),
            ("postgresql://u:secret@/d", "a host"),
            ("postgresql://u:secret@h/d?sslmode=maybe", "`sslmode=maybe`"),
            ("postgresql://u:secret@h/d?sslrootcert=x", "needs `sslmode"),
            ("postgresql://u:secret@h/d?colour=red", "colour"),
            ("postgresql://u:secret@h:port/d", "port"),
        ] {
            let error = options(uri).expect_err(uri).to_string();
            assert!(error.contains(reason), "{uri}: {error}");
            assert!(!error.contains("secret"), "{uri}: {error}");
        }
    }
}
