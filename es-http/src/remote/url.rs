//! The URL of a log, with its user and password taken out.

use es_core::error::Result;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Url};

use super::builder::invalid;

pub(super) struct LogUrl {
    /// The scheme, the host and the path, without a slash at the end. Messages may show it.
    pub(super) base: String,
    /// The `Authorization` header of the user and the password in the URL.
    pub(super) login: Option<HeaderValue>,
}

impl LogUrl {
    pub(super) fn parse(url: &str) -> Result<Self> {
        let url = Url::parse(url.trim_matches('/')).map_err(|error| invalid("url", &error))?;
        if !matches!(url.scheme(), "http" | "https") {
            let reason = "its scheme is not supported: use `http://` or `https://`";
            return Err(invalid("url", &reason));
        }
        if url.query().is_some() || url.fragment().is_some() {
            let reason = "it has a `?` or a `#`: end it with the path of the log, and set a token \
                          with `bearer_token`";
            return Err(invalid("url", &reason));
        }
        // `reqwest` moves the user and the password from the URL to a header when it builds a
        // request.
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
