//! The server address in a URI.

use std::fmt;
use std::net::Ipv6Addr;

use super::store_uri::StoreUri;

/// The address of a server, percent-decoded.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerAddress {
    /// The user; `None` if it is empty.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The hosts in their order. Empty if the URI has neither a host nor a port.
    pub hosts: Vec<UriHost>,
    /// The text after the `/` that ends the hosts, such as the name of a database; `None` if it is
    /// empty.
    pub path: Option<String>,
}

/// A host of a URI.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UriHost {
    /// The name or address; an IPv6 address has no brackets. Empty if the URI has only a port.
    pub name: String,
    /// The port.
    pub port: Option<u16>,
}

impl ServerAddress {
    pub(super) fn parse(uri: &StoreUri) -> Result<Self, &'static str> {
        if uri.rest().contains('#') {
            return Err("a `#` in a password is written `%23`; a URI has no fragment");
        }
        let location = match uri.location() {
            "" => "",
            location => location
                .strip_prefix("//")
                .ok_or("`//` is missing after the scheme")?,
        };
        let (authority, path) = location.split_once('/').unwrap_or((location, ""));
        if path.contains('@') {
            return Err("a `/` in a password is written `%2F`, an `@` after the hosts `%40`");
        }
        let (credentials, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (user, Some(StoreUri::percent_decode(password)?)),
            None => (credentials, None),
        };
        let hosts = match hosts {
            "" => Vec::new(),
            hosts => hosts
                .split(',')
                .map(UriHost::parse)
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            user: not_empty(StoreUri::percent_decode(user)?),
            password,
            hosts,
            path: not_empty(StoreUri::percent_decode(path)?),
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
            // An IPv6 address without a port needs no brackets.
            None if text.parse::<Ipv6Addr>().is_ok() => (text, None),
            None => match text.find(':') {
                Some(colon) => (&text[..colon], Some(&text[colon..])),
                None => (text, None),
            },
        };
        let port = port.map(|port| port.strip_prefix(':').and_then(|port| port.parse().ok()));
        Ok(Self {
            name: StoreUri::percent_decode(name)?,
            port: match port {
                None => None,
                Some(Some(port)) => Some(port),
                Some(None) => return Err("the port of a host is a number from 0 to 65535"),
            },
        })
    }
}

/// Omits the password.
impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerAddress")
            .field("user", &self.user)
            .field("hosts", &self.hosts)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn not_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
