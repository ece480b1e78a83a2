//! The URL of a log, with its user and password taken out.

use std::str::Utf8Error;

use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Credentials;
use es_core::error::Result;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::HeaderValue;

use super::builder::invalid;

/// The schemes that this build of the library supports.
const SCHEMES: Schemes = if cfg!(feature = "tls") {
    Schemes::HttpAndHttps
} else {
    Schemes::Http
};

pub(super) struct LogUrl {
    /// The scheme, the host and the path, without a slash at the end. Messages may show it.
    pub(super) base: String,
    /// The `Authorization` header of the user and the password in the URL.
    pub(super) login: Option<HeaderValue>,
    /// Whether the scheme is `https`.
    pub(super) is_encrypted: bool,
}

#[derive(Clone, Copy)]
enum Schemes {
    Http,
    HttpAndHttps,
}

impl LogUrl {
    pub(super) fn parse(url: &str) -> Result<Self> {
        let mut url = Url::parse(url.trim_matches('/')).map_err(|error| invalid("url", &error))?;
        let is_encrypted = SCHEMES.check(url.scheme())?;
        if url.query().is_some() || url.fragment().is_some() {
            let reason = "it has a `?` or a `#`: end it with the path of the log, and set a token \
                          with `bearer_token`";
            return Err(invalid("url", &reason));
        }
        let login = take_login(&mut url)
            .map_err(|_| invalid("url", &"its user or its password is not UTF-8"))?;
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
            login,
            is_encrypted,
        })
    }
}

impl Schemes {
    /// Returns whether the scheme encrypts connections.
    fn check(self, scheme: &str) -> Result<bool> {
        match (scheme, self) {
            ("http", _) => Ok(false),
            ("https", Self::HttpAndHttps) => Ok(true),
            ("https", Self::Http) => {
                let reason = "it starts with `https://`, and this program is built without TLS: \
                              enable the feature `http-tls` of `es-rs` (`tls` of `es-http`)";
                Err(invalid("url", &reason))
            }
            _ => {
                let reason = "its scheme is not supported: use `http://` or `https://`";
                Err(invalid("url", &reason))
            }
        }
    }
}

fn take_login(url: &mut Url) -> Result<Option<HeaderValue>, Utf8Error> {
    let user = percent_decode_str(url.username())
        .decode_utf8()?
        .into_owned();
    let password = url
        .password()
        .map(|password| percent_decode_str(password).decode_utf8());
    let password = password.transpose()?.map(std::borrow::Cow::into_owned);
    if user.is_empty() && password.is_none() {
        return Ok(None);
    }
    // The setters fail only for URLs without a host, which have no user.
    let _ = (url.set_username(""), url.set_password(None));
    let login = Authorization::basic(&user, password.as_deref().unwrap_or_default());
    Ok(Some(login.0.encode()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_needs_a_build_with_tls() {
        assert!(matches!(Schemes::HttpAndHttps.check("https"), Ok(true)));
        assert!(matches!(Schemes::Http.check("http"), Ok(false)));
        let error = Schemes::Http
            .check("https")
            .expect_err("no TLS")
            .to_string();
        assert!(
            error.contains("`https://`") && error.contains("`http-tls`"),
            "{error}"
        );
    }
}
