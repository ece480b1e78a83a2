//! Parsing of URIs into [`RedisOptions`].

use es_store::kit::TlsParameters;
use es_store::{RecordError as Error, ServerAddress, StoreUri, UriHost};

use crate::RedisOptions;

const EXAMPLE: &str = "redis://user:password@host:port/database";
const PORT: u16 = 6379;

impl TryFrom<&StoreUri> for RedisOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        let mut parameters = uri.parameters()?;
        let tls = match uri.scheme() {
            "redis" => TlsParameters::SSLMODE.take(&mut parameters),
            "rediss" => TlsParameters::SSLMODE.take_encrypted(&mut parameters),
            _ => Err(uri.invalid("it must begin with `redis:` or `rediss:`")),
        };
        let address = uri.server(EXAMPLE)?;
        let options = from_address(uri, address)?.with_tls(tls?);
        parameters.finish()?;
        Ok(options)
    }
}

fn from_address(uri: &StoreUri, address: ServerAddress) -> Result<RedisOptions, Error> {
    let mut options = match &address.hosts[..] {
        [] => RedisOptions::new("localhost", PORT),
        [UriHost { name, port, .. }] => {
            let name = if name.is_empty() { "localhost" } else { name };
            RedisOptions::new(name, port.unwrap_or(PORT))
        }
        _ => return Err(uri.invalid(format!("it must name one host, as in `{EXAMPLE}`"))),
    };
    if let Some(database) = address.path {
        options.database = database.parse().map_err(|_| {
            uri.invalid(format!(
                "the database must be a number from 0 on, as in `{EXAMPLE}`"
            ))
        })?;
    }
    options.user = address.user;
    options.password = address.password.filter(|password| !password.is_empty());
    Ok(options)
}

#[cfg(test)]
mod tests {
    use es_store::Tls;

    use super::*;

    fn options(uri: &str) -> Result<RedisOptions, Error> {
        RedisOptions::try_from(&StoreUri::parse(uri)?)
    }

    #[test]
    fn all_parts_of_a_uri_are_parsed() {
        let options =
            options("rediss://app:se%40c%23ret@redis.internal:6380/3?sslrootcert=/etc/ca.pem")
                .expect("valid");
        assert_eq!(options.host, "redis.internal");
        assert_eq!((options.port, options.database), (6380, 3));
        assert_eq!(options.user.as_deref(), Some("app"));
        assert_eq!(options.password.as_deref(), Some("se@c#ret"));
        assert_eq!(options.tls, Tls::VerifiedBy("/etc/ca.pem".into()));
    }

    #[test]
    fn missing_parts_of_a_uri_have_the_defaults_of_python() {
        for uri in [
            "redis:",
            "redis://",
            "redis://localhost",
            "redis://:6379",
            "redis:///0",
        ] {
            let options = options(uri).expect(uri);
            assert_eq!(options.host, "localhost", "{uri}");
            assert_eq!((options.port, options.database), (6379, 0), "{uri}");
            assert_eq!((options.user, options.password), (None, None), "{uri}");
            assert_eq!(options.tls, Tls::Off, "{uri}");
        }
        let options = options("redis://:secret@/2").expect("valid");
        assert_eq!(options.password.as_deref(), Some("secret"));
        assert_eq!((options.user, options.database), (None, 2));
    }

    #[test]
    fn ipv4_and_ipv6_addresses_are_parsed() {
        for (uri, host) in [
            ("redis://127.0.0.1:1", "127.0.0.1"),
            ("redis://[::1]:1", "::1"),
        ] {
            let options = options(uri).expect(uri);
            assert_eq!((options.host.as_str(), options.port), (host, 1));
        }
    }

    #[test]
    fn tls_is_enabled_by_the_scheme_or_a_parameter() {
        for uri in ["rediss://h", "redis://h?sslmode=verify-full"] {
            assert_eq!(options(uri).expect(uri).tls, Tls::Verified, "{uri}");
        }
    }

    #[test]
    fn other_uris_are_refused_with_a_reason_but_not_the_password() {
        for (uri, reason) in [
            ("redis:host", "the form"),
            ("redis://u:secret@h/shop", "as in `redis://"),
            ("redis://u:secret@h/-1", "from 0 on"),
            ("redis://u:secret@h:port", "the form"),
            ("redis://u:secret@h?colour=red", "colour"),
            ("redis://u:secret@h?sslrootcert=x", "requires `sslmode"),
            ("redis://u:se#cret@h", "%23"),
            ("rediss://u:secret@h#insecure", "no fragment"),
            ("valkey://u:secret@h", "`redis:`"),
        ] {
            let error = options(uri).expect_err(uri).to_string();
            assert!(error.contains(reason), "{uri}: {error}");
            assert!(!error.contains("secret"), "{uri}: {error}");
            assert!(!error.contains("cret@"), "{uri}: {error}");
        }
    }
}
