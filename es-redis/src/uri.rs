//! URIs, as [`RedisOptions`] documents them.

use es_store::kit::TlsParameters;
use es_store::{RecordError as Error, StoreUri};
use redis::{ConnectionAddr, IntoConnectionInfo as _};

use crate::RedisOptions;

impl TryFrom<&StoreUri> for RedisOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        let options = match uri.scheme() {
            "redis" => parse(uri.rest(), TlsParameters::default()),
            "rediss" => {
                let mut tls = TlsParameters::default();
                tls.take("sslmode", "require")
                    .and_then(|_| parse(uri.rest(), tls))
            }
            _ => Err("it begins with `redis:` or `rediss:`".to_owned()),
        };
        options.map_err(|reason| Error::InvalidUri {
            uri: uri.to_string(),
            reason,
        })
    }
}

fn parse(rest: &str, mut tls: TlsParameters) -> Result<RedisOptions, String> {
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    if address.contains('#') || query.contains('#') {
        return Err(
            "a `#` in a password is written `%23`; nothing follows the parameters".to_owned(),
        );
    }
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if !tls.take(name, value)? {
            return Err(format!("the parameter `{name}` is not known"));
        }
    }
    Ok(parse_address(address)?.with_tls(tls.tls()?))
}

fn parse_address(address: &str) -> Result<RedisOptions, String> {
    let form = "it has the form `redis://user:password@host:port/database`";
    let address = match address {
        "" => "",
        address => address.strip_prefix("//").ok_or(form)?,
    };
    // The driver knows no URI without a host.
    let host_begins = address.rfind('@').map_or(0, |at| at + 1);
    let (user, host) = address.split_at(host_begins);
    let named = if host.is_empty() || host.starts_with(['/', ':']) {
        "localhost"
    } else {
        ""
    };
    let parsed = format!("redis://{user}{named}{host}").into_connection_info();
    // Its errors quote nothing of the URI, but name a part of it.
    let parsed = parsed.map_err(|error| format!("{error}; {form}"))?;
    let ConnectionAddr::Tcp(host, port) = parsed.addr() else {
        return Err(form.to_owned());
    };
    let settings = parsed.redis_settings();
    let mut options = RedisOptions::new(host, *port);
    options.database =
        u32::try_from(settings.db()).map_err(|_| "a database has a number from 0 on".to_owned())?;
    options.user = settings.username().map(str::to_owned);
    options.password = settings.password().map(str::to_owned);
    Ok(options)
}

#[cfg(test)]
mod tests {
    use es_store::kit::Tls;

    use super::*;

    fn options(uri: &str) -> Result<RedisOptions, Error> {
        RedisOptions::try_from(&StoreUri::parse(uri)?)
    }

    #[test]
    fn a_uri_says_all_there_is_to_say() {
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
    fn what_a_uri_leaves_out_is_as_python_has_it() {
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
    fn addresses_of_both_kinds_are_taken() {
        for (uri, host) in [
            ("redis://127.0.0.1:1", "127.0.0.1"),
            ("redis://[::1]:1", "::1"),
        ] {
            let options = options(uri).expect(uri);
            assert_eq!((options.host.as_str(), options.port), (host, 1));
        }
    }

    #[test]
    fn tls_is_said_by_the_scheme_or_by_a_parameter() {
        for uri in ["rediss://h", "redis://h?sslmode=verify-full"] {
            assert_eq!(options(uri).expect(uri).tls, Tls::Verified, "{uri}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_reason_and_without_the_password() {
        for (uri, reason) in [
            ("redis:host", "the form"),
            ("redis://u:secret@h/shop", "the form"),
            ("redis://u:secret@h/-1", "from 0 on"),
            ("redis://u:secret@h:port", "the form"),
            ("redis://u:secret@h?colour=red", "colour"),
            ("redis://u:secret@h?sslrootcert=x", "needs `sslmode"),
            ("redis://u:se#cret@h", "%23"),
            ("rediss://u:secret@h#insecure", "nothing follows"),
            ("valkey://u:secret@h", "`redis:`"),
        ] {
            let error = options(uri).expect_err(uri).to_string();
            assert!(error.contains(reason), "{uri}: {error}");
            assert!(!error.contains("secret"), "{uri}: {error}");
            assert!(!error.contains("cret@"), "{uri}: {error}");
        }
    }
}
