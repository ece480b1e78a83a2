//! URIs, as [`MysqlOptions`] documents them.

use std::path::PathBuf;

use es_store::{RecordError as Error, StoreUri};
use mysql_async::{Opts, OptsBuilder, UrlError};

use crate::MysqlOptions;

impl TryFrom<&StoreUri> for MysqlOptions {
    type Error = Error;

    fn try_from(uri: &StoreUri) -> Result<Self, Error> {
        parse(uri.rest()).map_err(|reason| Error::InvalidUri {
            uri: uri.to_string(),
            reason,
        })
    }
}

fn parse(rest: &str) -> Result<MysqlOptions, String> {
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut wants_tls = false;
    let mut roots = None;
    let mut others = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some(("ssl-mode", mode)) => wants_tls = is_encrypted(mode)?,
            Some(("ssl-ca", path)) => roots = Some(PathBuf::from(path)),
            // What only other drivers need.
            Some(("charset" | "collation" | "timezone" | "statement-cache-capacity", _)) => {}
            _ => others.push(parameter),
        }
    }
    let uri = format!("mysql:{address}?{}", others.join("&"));
    let opts = Opts::from_url(&uri).map_err(reason)?;
    if opts.db_name().is_none_or(str::is_empty) {
        return Err(
            "a database is missing, as in `mysql://user:password@host:3306/database`".to_owned(),
        );
    }
    let mut server = OptsBuilder::from_opts(opts).prefer_socket(false);
    match (wants_tls, roots) {
        (false, None) => {}
        (false, Some(_)) => {
            return Err("`ssl-ca` needs `ssl-mode=VERIFY_IDENTITY` beside it".to_owned());
        }
        (true, roots) => server = encrypted(server, roots)?,
    }
    Ok(MysqlOptions::new(server.into()))
}

fn is_encrypted(mode: &str) -> Result<bool, String> {
    match mode.to_ascii_uppercase().as_str() {
        "DISABLED" | "PREFERRED" => Ok(false),
        "REQUIRED" | "VERIFY_CA" | "VERIFY_IDENTITY" => Ok(true),
        _ => Err(format!(
            "`ssl-mode={mode}` is not known; there is `DISABLED`, `REQUIRED` and `VERIFY_IDENTITY`"
        )),
    }
}

#[cfg(feature = "tls")]
#[expect(clippy::unnecessary_wraps, reason = "it fails without the feature")]
fn encrypted(server: OptsBuilder, roots: Option<PathBuf>) -> Result<OptsBuilder, String> {
    let mut tls = mysql_async::SslOpts::default();
    if let Some(path) = roots {
        tls = tls
            .with_root_certs(vec![path.into()])
            .with_disable_built_in_roots(true);
    }
    Ok(server.ssl_opts(tls))
}

#[cfg(not(feature = "tls"))]
fn encrypted(_: OptsBuilder, _: Option<PathBuf>) -> Result<OptsBuilder, String> {
    Err("connections by TLS need the feature `tls` of `es-mysql` (`mysql-tls` of `es`)".to_owned())
}

/// The driver's reason, without the URI that it may quote.
fn reason(error: UrlError) -> String {
    match error {
        UrlError::Parse(error) => error.to_string(),
        UrlError::UnknownParameter { param } => format!("the parameter `{param}` is not known"),
        UrlError::InvalidParamValue { param, .. } => {
            format!("the value of the parameter `{param}` is not one it can have")
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
            ("mysql://u:secret@h/d?ssl-ca=x", "needs `ssl-mode"),
            ("mysql://u:secret@h/d?colour=red", "colour"),
            ("mysql://u:secret@h:port/d", "port"),
        ] {
            let error = options(uri).expect_err(uri).to_string();
            assert!(error.contains(reason), "{uri}: {error}");
            assert!(!error.contains("secret"), "{uri}: {error}");
        }
    }
}
