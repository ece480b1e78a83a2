//! URIs, as [`PostgresOptions`] documents them.

use std::fmt::Write;
use std::str::FromStr;

use es_store::kit::TlsParameters;
use es_store::{RecordError as Error, ServerAddress, StoreUri};
use tokio_postgres::Config;

use crate::PostgresOptions;

const EXAMPLE: &str = "postgresql://user:password@host:5432/database";

/// Parameters that the driver knows. `sslmode` is not among them: the driver has fewer modes.
const DRIVER_PARAMETERS: &str = "user password dbname options application_name host hostaddr port connect_timeout \
                                 tcp_user_timeout keepalives keepalives_idle keepalives_interval keepalives_retries \
                                 target_session_attrs channel_binding load_balance_hosts sslnegotiation";

impl TryFrom<&StoreUri> for PostgresOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        let mut parameters = uri.parameters()?;
        parameters.ignore(&["client_encoding", "statement-cache-capacity"]);
        let tls = TlsParameters::SSLMODE.take(&mut parameters)?;
        let mut settings = settings(uri.server(EXAMPLE)?);
        for name in DRIVER_PARAMETERS.split(' ') {
            if let Some(value) = parameters.text(name)? {
                push(&mut settings, name, &value);
            }
        }
        parameters.finish()?;
        let config = Config::from_str(&settings).map_err(|error| uri.invalid(reason(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(uri.invalid(format!("a host is missing, as in `{EXAMPLE}`")));
        }
        Ok(Self::new(config).with_tls(tls))
    }
}

/// An address as the driver's settings, which take all parameters by their names.
fn settings(address: ServerAddress) -> String {
    let mut settings = String::new();
    let parts = [
        ("user", address.user),
        ("password", address.password),
        ("dbname", address.path),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            push(&mut settings, name, &value);
        }
    }
    for host in address.hosts.iter().filter(|host| !host.name.is_empty()) {
        push(&mut settings, "host", &host.name);
        push(
            &mut settings,
            "port",
            &host.port.unwrap_or(5432).to_string(),
        );
    }
    settings
}

fn push(settings: &mut String, name: &str, value: &str) {
    let value = value.replace('\\', "\\\\").replace('\'', "\\'");
    let _infallible = write!(settings, "{name}='{value}' ");
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
    use es_store::Tls;
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
            ("postgresql:", "a host is missing"),
            ("postgresql://u:secret@/d", "a host"),
            ("postgresql://u:secret@h/d?sslmode=maybe", "`sslmode=maybe`"),
            (
                "postgresql://u:secret@h/d?sslrootcert=x",
                "requires `sslmode",
            ),
            ("postgresql://u:secret@h/d?colour=red", "colour"),
            ("postgresql://u:secret@h:port/d", "port"),
        ] {
            let error = options(uri).expect_err(uri).to_string();
            assert!(error.contains(reason), "{uri}: {error}");
            assert!(!error.contains("secret"), "{uri}: {error}");
        }
    }
}
