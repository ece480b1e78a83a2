//! The URI of a database: scheme, server address and parameters, parsed once for all stores.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv6Addr;

use percent_encoding::percent_decode_str;

use crate::error::RecordError;

/// The URI of a database. It may hold a password, so it displays only its scheme, and its errors
/// name parameters and parts of the URI but never quote a value that may be a part of a password.
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

/// The address of a server, percent-decoded.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerAddress {
    /// The user, if it is not empty.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The hosts in their order. Empty if the URI names no host and no port.
    pub hosts: Vec<UriHost>,
    /// The text after the `/` behind the hosts, such as the name of a database, if it is not empty.
    pub path: Option<String>,
}

/// A host of a URI.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UriHost {
    /// The name or address, an IPv6 address without its brackets. Empty if the URI gives only a
    /// port.
    pub name: String,
    /// The port.
    pub port: Option<u16>,
}

/// The parameters of a URI that are not taken yet.
#[derive(Debug, Clone)]
pub struct UriParameters<'u> {
    uri: &'u StoreUri,
    /// Names and values, not decoded.
    remaining: Vec<(&'u str, &'u str)>,
}

impl StoreUri {
    /// Splits the scheme from a URI. `postgresql+psycopg2://…` has the scheme `postgresql`.
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

    /// Returns the scheme, without a `+driver` part.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.uri[..self.scheme_len]
    }

    /// Returns the text behind the first colon. It may hold a password: keep it out of messages.
    #[must_use]
    pub fn rest(&self) -> &str {
        self.uri.split_once(':').map_or("", |(_, rest)| rest)
    }

    /// Returns the text between the first colon and the `?` of the parameters, not decoded.
    #[must_use]
    pub fn location(&self) -> &str {
        self.rest().split('?').next().unwrap_or_default()
    }

    /// Returns the whole URI. It may hold a password: keep it out of messages.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.uri
    }

    /// Parses the address of a server, `//user:password@host:port,host:port/path`; every part may
    /// be left out. `form` is such a URI, for error messages.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if it is not of that form, or a part of it cannot be decoded.
    pub fn server(&self, form: &str) -> Result<ServerAddress, RecordError> {
        self.server_address()
            .map_err(|reason| self.invalid(format!("{reason}; it has the form `{form}`")))
    }

    /// Returns the parameters, for a store to take those that it knows.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if one is not of the form `name=value` or is given twice.
    pub fn parameters(&self) -> Result<UriParameters<'_>, RecordError> {
        let query = self.rest().split_once('?').map_or("", |(_, query)| query);
        let remaining = split_parameters(query).map_err(|reason| self.invalid(reason))?;
        Ok(UriParameters {
            uri: self,
            remaining,
        })
    }

    /// Decodes a part of a URI: each `%` and two hexadecimal digits become the byte that they
    /// denote.
    ///
    /// # Errors
    ///
    /// If a `%` is followed by anything else, or the bytes are not UTF-8. The text does not quote
    /// the part, which may be a password.
    ///
    /// ```
    /// # use es_store::StoreUri;
    /// assert_eq!(StoreUri::decoded("s%40cret").as_deref(), Ok("s@cret"));
    /// assert!(StoreUri::decoded("100%").is_err() && StoreUri::decoded("%+4").is_err());
    /// ```
    pub fn decoded(part: &str) -> Result<String, &'static str> {
        // `percent_encoding` leaves a `%` without digits as it is; then a typing error would become part of a password.
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
        let mut behind = part.split('%').skip(1).map(str::as_bytes);
        if !behind.all(|text| is_digit(text.first()) && is_digit(text.get(1))) {
            return Err("a `%` stands before two hexadecimal digits; `%25` is a `%` itself");
        }
        let decoded = percent_decode_str(part).decode_utf8();
        decoded
            .map(Cow::into_owned)
            .map_err(|_| "the bytes that its `%`s denote are not UTF-8")
    }

    /// Creates the error that says why this URI cannot be used. `reason` must not hold a part of a
    /// password.
    #[must_use]
    pub fn invalid(&self, reason: impl Into<String>) -> RecordError {
        RecordError::invalid_uri(self, reason)
    }

    fn server_address(&self) -> Result<ServerAddress, &'static str> {
        if self.rest().contains('#') {
            return Err("a `#` in a password is written `%23`; nothing follows the parameters");
        }
        let location = match self.location() {
            "" => "",
            location => location
                .strip_prefix("//")
                .ok_or("`//` is missing behind the scheme")?,
        };
        let (authority, path) = location.split_once('/').unwrap_or((location, ""));
        if path.contains('@') {
            return Err("a `/` in a password is written `%2F`, an `@` behind the hosts `%40`");
        }
        let (credentials, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (user, Some(StoreUri::decoded(password)?)),
            None => (credentials, None),
        };
        let hosts = match hosts {
            "" => Vec::new(),
            hosts => hosts
                .split(',')
                .map(UriHost::parse)
                .collect::<Result<_, _>>()?,
        };
        Ok(ServerAddress {
            user: not_empty(StoreUri::decoded(user)?),
            password,
            hosts,
            path: not_empty(StoreUri::decoded(path)?),
        })
    }
}

impl UriHost {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, port) = match text.strip_prefix('[') {
            Some(text) => {
                let (name, port) = text.split_once(']').ok_or("a host lacks its `]`")?;
                (name, (!port.is_empty()).then_some(port))
            }
            // An IPv6 address can do without brackets where no port follows.
            None if text.parse::<Ipv6Addr>().is_ok() => (text, None),
            None => match text.find(':') {
                Some(colon) => (&text[..colon], Some(&text[colon..])),
                None => (text, None),
            },
        };
        let port = port.map(|port| port.strip_prefix(':').and_then(|port| port.parse().ok()));
        Ok(Self {
            name: StoreUri::decoded(name)?,
            port: match port {
                None => None,
                Some(Some(port)) => Some(port),
                Some(None) => return Err("the port of a host is a number from 0 to 65535"),
            },
        })
    }
}

impl UriParameters<'_> {
    /// Takes the value of a parameter, decoded.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if it cannot be decoded.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, RecordError> {
        let value = self.take(name).map(StoreUri::decoded).transpose();
        value.map_err(|reason| self.invalid(name, reason))
    }

    /// Takes the values of a parameter that are separated by commas, each decoded.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if one cannot be decoded.
    pub fn list(&mut self, name: &str) -> Result<Option<Vec<String>>, RecordError> {
        let values = self.take(name).map(|values| values.split(','));
        let values = values.map(|values| values.map(StoreUri::decoded).collect());
        values
            .transpose()
            .map_err(|reason| self.invalid(name, reason))
    }

    /// Takes the value of a parameter, parsed. The text of the error of `parse` goes into the
    /// message.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if it cannot be decoded, or `parse` fails.
    pub fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, RecordError> {
        let value = self.text(name)?;
        let value = value.as_deref().map(parse).transpose();
        value.map_err(|reason| self.uri.invalid(reason))
    }

    /// Takes the value of a parameter that has one of some values. Their names are compared without
    /// case.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if it has another value.
    pub fn choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, RecordError> {
        self.parsed(name, |value| {
            let is_it = |(choice, _): &&(&str, T)| choice.eq_ignore_ascii_case(value);
            let known = choices.iter().find(is_it).map(|(_, choice)| *choice);
            known.ok_or_else(|| {
                let names: Vec<_> = choices
                    .iter()
                    .map(|(name, _)| format!("`{name}`"))
                    .collect();
                let value = shown(value);
                format!(
                    "`{name}={value}` is not known; its values are {}",
                    names.join(", ")
                )
            })
        })
    }

    /// Drops parameters that only other drivers need.
    pub fn ignore(&mut self, names: &[&str]) {
        self.remaining.retain(|(name, _)| !names.contains(name));
    }

    /// Checks that every parameter was taken.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] with the name of one that was not.
    pub fn finish(self) -> Result<(), RecordError> {
        match self.remaining.first() {
            None => Ok(()),
            Some((name, _)) => Err(self
                .uri
                .invalid(format!("the parameter `{name}` is not known"))),
        }
    }

    /// Creates the error that says why these parameters cannot be used.
    #[must_use]
    pub fn refuse(&self, reason: impl Into<String>) -> RecordError {
        self.uri.invalid(reason)
    }

    fn take(&mut self, name: &str) -> Option<&str> {
        let at = self
            .remaining
            .iter()
            .position(|(taken, _)| *taken == name)?;
        Some(self.remaining.swap_remove(at).1)
    }

    fn invalid(&self, name: &str, reason: &str) -> RecordError {
        self.uri
            .invalid(format!("the parameter `{name}`: {reason}"))
    }
}

/// Without the password.
impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerAddress")
            .field("user", &self.user)
            .field("hosts", &self.hosts)
            .field("path", &self.path)
            .finish_non_exhaustive()
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

/// Splits parameters without quoting what may be the rest of a password with a `?` in it: that one has an `@` behind it.
fn split_parameters(query: &str) -> Result<Vec<(&str, &str)>, String> {
    if query.contains(['@', '#', '?']) {
        let reason = "a `?` in a password is written `%3F`; in a parameter, `@`, `#` and `?` are written `%40`, `%23` and `%3F`";
        return Err(format!("{reason}; nothing follows the parameters"));
    }
    let is_name = |name: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        !name.is_empty() && name.bytes().all(plain)
    };
    let mut parameters: Vec<(&str, &str)> = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter
            .split_once('=')
            .filter(|(name, _)| is_name(name))
            .ok_or("a parameter is not of the form `name=value`")?;
        if parameters.iter().any(|(known, _)| *known == name) {
            return Err(format!("the parameter `{name}` is given twice"));
        }
        parameters.push((name, value));
    }
    Ok(parameters)
}

/// A value as messages show it: one that is no plain word may be more than a typing error.
fn shown(value: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if value.len() <= 32 && value.bytes().all(is_plain) {
        value
    } else {
        "…"
    }
}

fn not_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(uri: &str) -> Result<ServerAddress, RecordError> {
        let uri = StoreUri::parse(uri)?;
        uri.parameters()?.finish()?;
        uri.server("db://user:password@host:port/database")
    }

    #[test]
    fn all_parts_of_an_address_are_decoded() {
        let address = server("db://a%70p:p%2F%3F%23%40%3Aw@h%31:1,[::1]:2,[fe80::1],::2,h/d%20b");
        let address = address.expect("valid");
        assert_eq!(address.user.as_deref(), Some("app"));
        assert_eq!(address.password.as_deref(), Some("p/?#@:w"));
        assert_eq!(address.path.as_deref(), Some("d b"));
        let hosts = address.hosts.iter();
        let hosts: Vec<_> = hosts.map(|host| (host.name.as_str(), host.port)).collect();
        assert_eq!(
            hosts,
            [
                ("h1", Some(1)),
                ("::1", Some(2)),
                ("fe80::1", None),
                ("::2", None),
                ("h", None)
            ]
        );
    }

    #[test]
    fn every_part_of_an_address_can_be_left_out() {
        for uri in ["db:", "db://", "db:///", "db://@/"] {
            let address = server(uri).expect(uri);
            assert_eq!((address.user, address.password), (None, None), "{uri}");
            assert_eq!((address.hosts, address.path), (Vec::new(), None), "{uri}");
        }
        let address = server("db://:pw@:1").expect("valid");
        assert_eq!(
            (address.user, address.password.as_deref()),
            (None, Some("pw"))
        );
        assert_eq!(
            (&*address.hosts[0].name, address.hosts[0].port),
            ("", Some(1))
        );
    }

    #[test]
    fn no_half_of_a_password_stands_in_an_error() {
        for mark in [
            "/",
            "?",
            "#",
            "%",
            ":/",
            "/?",
            "?a=1&",
            "?&",
            "?sslmode=",
            "@/",
            "@?x=",
        ] {
            for (user, end) in [
                ("u", "@h/d"),
                ("u", "@h:1/d?x=1"),
                ("", "@h"),
                ("u", "@h,i/d?a=1&b=2"),
            ] {
                let uri = format!("db://{user}:hun{mark}ter{end}");
                let error = server(&uri).expect_err(&uri);
                for shown in [error.to_string(), format!("{error:?}")] {
                    assert!(!shown.contains("hun"), "{uri}: {shown}");
                    assert!(!shown.contains("ter@"), "{uri}: {shown}");
                    assert!(!shown.contains("`ter"), "{uri}: {shown}");
                }
            }
        }
        let address = server("db://u:hun@ter@h/d").expect("the last `@` ends the password");
        assert_eq!(address.password.as_deref(), Some("hun@ter"));
        assert!(!format!("{address:?}").contains("hun"));
    }

    #[test]
    fn parameters_are_taken_once_and_none_is_left() {
        let uri = StoreUri::parse("db:?a=x%26y&b=1&list=p%2Cq,r&mode=RO&theirs=1").expect("valid");
        let mut parameters = uri.parameters().expect("well-formed");
        assert_eq!(parameters.text("a").expect("text").as_deref(), Some("x&y"));
        assert_eq!(parameters.text("a").expect("taken"), None);
        let number = parameters.parsed("b", |value| value.parse::<u8>().map_err(|e| e.to_string()));
        assert_eq!(number.expect("a number"), Some(1));
        let list = parameters.list("list").expect("a list").expect("given");
        assert_eq!(list, ["p,q", "r"]);
        let mode = parameters.choice("mode", &[("ro", 1), ("rw", 2)]);
        assert_eq!(mode.expect("known"), Some(1));
        let left = parameters.clone().finish().expect_err("one is left");
        assert!(left.to_string().contains("`theirs` is not known"), "{left}");
        parameters.ignore(&["theirs"]);
        parameters.finish().expect("none is left");
    }

    #[test]
    fn a_parameter_that_is_repeated_or_malformed_is_refused() {
        for (query, reason) in [
            ("a=1&a=2", "`a` is given twice"),
            ("secret", "of the form `name=value`"),
            ("se cret=1", "of the form `name=value`"),
            ("=secret", "of the form `name=value`"),
            (
                "mode=secret%20",
                "`mode=…` is not known; its values are `ro`",
            ),
            ("mode=rx", "`mode=rx` is not known"),
            ("mode=%zz", "the parameter `mode`: a `%`"),
        ] {
            let uri = StoreUri::parse(&format!("db:?{query}")).expect("a scheme");
            let taken = uri.parameters().and_then(|mut parameters| {
                parameters.choice("mode", &[("ro", ())])?;
                parameters.finish()
            });
            let error = taken.expect_err(query).to_string();
            assert!(error.contains(reason), "{query}: {error}");
            assert!(!error.contains("secret"), "{query}: {error}");
        }
    }
}
