//! The URI of a database.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

use super::server_address::ServerAddress;
use super::uri_parameters::UriParameters;
use crate::error::RecordError;

/// The URI of a database.
///
/// It may contain a password. `Debug` and `Display` therefore show only the scheme, and errors name
/// parameters and parts of the URI but never quote a value that may belong to a password.
///
/// ```
/// # use es_store::StoreUri;
/// let uri = StoreUri::parse("postgresql://app:s%40cret@db1,[::1]:5433/shop?sslmode=require")?;
/// let address = uri.server("postgresql://user:password@host:port/database")?;
/// assert_eq!(address.password.as_deref(), Some("s@cret"));
/// assert_eq!((address.hosts[1].name.as_str(), address.hosts[1].port), ("::1", Some(5433)));
/// assert_eq!(address.path.as_deref(), Some("shop"));
///
/// let mut parameters = uri.parameters()?;
/// assert_eq!(parameters.text("sslmode")?.as_deref(), Some("require"));
/// parameters.finish()?;
/// # Ok::<(), es_store::RecordError>(())
/// ```
#[derive(Clone)]
pub struct StoreUri {
    uri: String,
    scheme_len: usize,
}

impl StoreUri {
    /// Splits the scheme from a URI. The scheme of `postgresql+psycopg2://…` is `postgresql`.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if there is no scheme.
    pub fn parse(uri: &str) -> Result<Self, RecordError> {
        let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
        let scheme_len = scheme.split('+').next().unwrap_or_default().len();
        let is_scheme = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let this = Self {
            uri: uri.to_owned(),
            scheme_len,
        };
        if this.scheme().is_empty() || !this.scheme().chars().all(is_scheme) {
            let reason = "it begins with a scheme in lower case, such as `sqlite::memory:` or `sqlite:///events.db`";
            return Err(this.invalid(reason));
        }
        Ok(this)
    }

    /// Returns the scheme without a `+driver` part.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.uri[..self.scheme_len]
    }

    /// Returns the text after the first colon. It may contain a password: keep it out of messages.
    #[must_use]
    pub fn rest(&self) -> &str {
        self.uri.split_once(':').map_or("", |(_, rest)| rest)
    }

    /// Returns the text between the first colon and the `?` of the parameters, before decoding.
    #[must_use]
    pub fn location(&self) -> &str {
        self.rest().split('?').next().unwrap_or_default()
    }

    /// Returns the whole URI. It may contain a password: keep it out of messages.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.uri
    }

    /// Parses the address of a server, `//user:password@host:port,host:port/path`. Every part is
    /// optional. `example` is a valid URI for error messages.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if the address has another form, or a part of it cannot be
    /// decoded.
    pub fn server(&self, example: &str) -> Result<ServerAddress, RecordError> {
        ServerAddress::parse(self)
            .map_err(|reason| self.invalid(format!("{reason}; it has the form `{example}`")))
    }

    /// Returns the parameters. A store takes the ones that it supports and then calls
    /// [`UriParameters::finish`].
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if a parameter is repeated or is not of the form `name=value`.
    pub fn parameters(&self) -> Result<UriParameters<'_>, RecordError> {
        let query = self.rest().split_once('?').map_or("", |(_, query)| query);
        UriParameters::parse(self, query)
    }

    /// Decodes the percent escapes in a part of a URI.
    ///
    /// # Errors
    ///
    /// A message if a `%` is not followed by two hexadecimal digits, or if the decoded bytes are
    /// not UTF-8. It does not quote the part, which may be a password.
    ///
    /// ```
    /// # use es_store::StoreUri;
    /// assert_eq!(StoreUri::percent_decode("s%40cret").as_deref(), Ok("s@cret"));
    /// assert!(StoreUri::percent_decode("100%").is_err() && StoreUri::percent_decode("%+4").is_err());
    /// ```
    pub fn percent_decode(part: &str) -> Result<String, &'static str> {
        // `percent_encoding` keeps a `%` without digits; a typing error would then become part of a
        // password.
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
        let mut escaped = part.split('%').skip(1).map(str::as_bytes);
        if !escaped.all(|text| is_digit(text.first()) && is_digit(text.get(1))) {
            return Err(
                "a `%` must be followed by two hexadecimal digits; write `%25` for the character `%`",
            );
        }
        let decoded = percent_decode_str(part).decode_utf8();
        decoded
            .map(Cow::into_owned)
            .map_err(|_| "the decoded `%` escapes are not UTF-8")
    }

    /// Creates the error of this URI. `reason` must not contain a part of a password.
    #[must_use]
    pub fn invalid(&self, reason: impl Into<String>) -> RecordError {
        RecordError::invalid_uri(self, reason)
    }
}

impl fmt::Debug for StoreUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:…", self.scheme())
    }
}

impl fmt::Display for StoreUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
