//! URIs, as [`MysqlOptions`] documents them.

use es_store::Tls;
use es_store::kit::{TlsMode, TlsParameters};
use es_store::{RecordError as Error, ServerAddress, StoreUri};
use mysql_async::{Opts, OptsBuilder, UrlError};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::MysqlOptions;

const EXAMPLE: &str = "mysql://user:password@host:3306/database";

const TLS: TlsParameters = TlsParameters {
    mode: "ssl-mode",
    modes: &[
        ("DISABLED", TlsMode::Off),
        ("PREFERRED", TlsMode::Off),
        ("REQUIRED", TlsMode::On),
        ("VERIFY_CA", TlsMode::On),
        ("VERIFY_IDENTITY", TlsMode::On),
    ],
    roots: "ssl-ca",
    recommended: "VERIFY_IDENTITY",
};

/// Parameters that the driver knows.
const DRIVER_PARAMETERS: &str = "abs_conn_ttl abs_conn_ttl_jitter built_in_roots client_found_rows compression conn_ttl \
                                 enable_cleartext_plugin inactive_connection_ttl max_allowed_packet pool_max pool_min \
                                 prefer_socket require_ssl reset_connection secure_auth socket stmt_cache_size \
                                 tcp_keepalive tcp_nodelay ttl_check_interval verify_ca verify_identity wait_timeout";

impl TryFrom<&StoreUri> for MysqlOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        let mut parameters = uri.parameters()?;
        parameters.ignore(&[
            "charset",
            "collation",
            "timezone",
            "statement-cache-capacity",
        ]);
        let tls = TLS.take(&mut parameters)?;
        let mut settings = "mysql://localhost/?".to_owned();
        for name in DRIVER_PARAMETERS.split(' ') {
            if let Some(value) = parameters.text(name)? {
                let value = utf8_percent_encode(&value, NON_ALPHANUMERIC);
                settings.extend([name, "=", &value.to_string(), "&"]);
            }
        }
        parameters.finish()?;
        let opts = Opts::from_url(&settings).map_err(|error| uri.invalid(reason(error)))?;
        let server = with_address(uri, OptsBuilder::from_opts(opts))?;
        let server = with_tls(server.prefer_socket(false), &tls);
        Ok(Self::new(
            server.map_err(|reason| uri.invalid(reason))?.into(),
        ))
    }
}

fn with_address(uri: &StoreUri, server: OptsBuilder) -> Result<OptsBuilder, Error> {
    let ServerAddress {
        user,
        password,
        hosts,
        path,
        ..
    } = uri.server(EXAMPLE)?;
    let [host] = &hosts[..] else {
        return Err(uri.invalid(format!("it must name one host, as in `{EXAMPLE}`")));
    };
    if path.is_none() {
        return Err(uri.invalid(format!("a database is missing, as in `{EXAMPLE}`")));
    }
    let server = server.user(user).pass(password).db_name(path);
    let server = server.ip_or_hostname(host.name.clone());
    Ok(server.tcp_port(host.port.unwrap_or(3306)))
}

#[cfg(feature = "tls")]
#[expect(clippy::unnecessary_wraps, reason = "it fails without the feature")]
fn with_tls(server: OptsBuilder, tls: &Tls) -> Result<OptsBuilder, String> {
    let options = mysql_async::SslOpts::default();
    Ok(match tls {
        Tls::Off => server,
        Tls::VerifiedBy(path) => server.ssl_opts(
            options
                .with_root_certs(vec![path.clone().into()])
                .with_disable_built_in_roots(true),
        ),
        _ => server.ssl_opts(options),
    })
}

#[cfg(not(feature = "tls"))]
fn with_tls(server: OptsBuilder, tls: &Tls) -> Result<OptsBuilder, String> {
    match tls {
        Tls::Off => Ok(server),
        _ => Err(
            "connections by TLS need the feature `tls` of `es-mysql` (`mysql-tls` of `es-rs`)"
                .to_owned(),
        ),
    }
}

/// The driver's reason, without the URI that it may quote.
fn reason(error: UrlError) -> String {
    match error {
        UrlError::Parse(error) => error.to_string(),
        UrlError::UnknownParameter { param } => format!("unknown parameter `{param}`"),
        UrlError::InvalidParamValue { param, .. } => {
            format!("the value of the parameter `{param}` is invalid")
        }
        UrlError::FeatureRequired { feature, .. } => format!("it needs the driver's `{feature}`"),
        _ => "it is malformed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(uri: &str) -> Result<MysqlOptions, Error> {
        MysqlOptions::try_from(&StoreUri::parse(uri)?)
    }

    #[test]
    fn all_spellings_name_the_same_database() {
        for uri in [
            "mysql://app:se%40cret@db.internal:3307/shop",
            "mariadb://app:se%40cret@db.internal:3307/shop",
            "mysql+pymysql://app:se%40cret@db.internal:3307/shop?charset=utf8mb4",
            "mysql://app:se%40cret@db.internal:3307/shop?ssl-mode=PREFERRED",
        ] {
            let server = options(uri)
                .unwrap_or_else(|error| panic!("{uri}: {error}"))
                .server;
            assert_eq!(server.user(), Some("app"));
            assert_eq!(server.pass(), Some("se@cret"));
            assert_eq!(server.ip_or_hostname(), "db.internal");
            assert_eq!(server.tcp_port(), 3307);
            assert_eq!(server.db_name(), Some("shop"));
        }
    }

    #[test]
    #[cfg(feature = "tls")]
    fn tls_is_a_parameter() {
        for uri in [
            "mysql://h/d?ssl-mode=REQUIRED",
            "mysql://h/d?ssl-mode=VERIFY_IDENTITY&ssl-ca=/etc/ca.pem",
        ] {
            assert!(options(uri).expect(uri).server.ssl_opts().is_some());
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_reason_and_without_the_password() {
        for (uri, reason) in [
            ("mysql://u:secret@h", "a database is missing"),
            ("mysql://u:secret@h/", "a database is missing"),
            ("mysql://u:secret@h/d?ssl-mode=MAYBE", "`ssl-mode=MAYBE`"),
            ("mysql://u:secret@h/d?ssl-ca=x", "requires `ssl-mode"),
            ("mysql://u:secret@h/d?colour=red", "colour"),
            ("mysql://u:secret@h:port/d", "port"),
        ] {
            let error = options(uri).expect_err(uri).to_string();
            assert!(error.contains(reason), "{uri}: {error}");
            assert!(!error.contains("secret"), "{uri}: {error}");
        }
    }
}
