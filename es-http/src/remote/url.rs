//! The URL of a log: where it is, and who asks.

use es_core::error::Result;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Url};

use super::builder::invalid;

pub(super) struct LogUrl {
    /// Scheme, host and path, without a slash at the end: what a message may show.
    pub(super) base: String,
    /// The user and the password that stood in it, as a request brings them.
    pub(super) login: Option<HeaderValue>,
}

impl LogUrl {
    pub(super) fn parse(url: &str) -> Result<Self> {
        let url = Url::parse(url.trim_matches('/')).map_err(|error| invalid("url", &error))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("url", &"it begins with `http://` or `https://`"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            let reason = "it ends with the path of the log, without `?` and `#`; `bearer_token` takes a token";
            return Err(invalid("url", &reason));
        }
        // A request takes the user out of its URL.
        let client = Client::builder()
            .build()
            .map_err(|error| invalid("client", &error))?;
        let request = client.get(url).build();
        let request = request.map_err(|error| invalid("url", &error.without_url()))?;
        if !request.url().username().is_empty() || request.url().password().is_some() {
            return Err(invalid("url", &"its user or its password is not UTF-8"));
        }
        Ok(Self {
            base: request.url().as_str().trim_end_matches('/').to_owned(),
            login: request.headers().get(AUTHORIZATION).cloned(),
        })
    }
}
