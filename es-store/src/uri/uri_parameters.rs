//! The parameters of a URI.

use super::store_uri::StoreUri;
use crate::error::RecordError;

/// The parameters of a URI that no store has taken yet.
#[derive(Debug, Clone)]
pub struct UriParameters<'u> {
    uri: &'u StoreUri,
    /// Names and values before decoding.
    remaining: Vec<(&'u str, &'u str)>,
}

impl<'u> UriParameters<'u> {
    pub(super) fn parse(uri: &'u StoreUri, query: &'u str) -> Result<Self, RecordError> {
        let remaining = split_parameters(query).map_err(|reason| uri.invalid(reason))?;
        Ok(Self { uri, remaining })
    }

    /// Takes and decodes the value of a parameter.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if it cannot be decoded.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, RecordError> {
        let value = self.take(name).map(StoreUri::percent_decode).transpose();
        value.map_err(|reason| self.invalid_parameter(name, reason))
    }

    /// Takes the comma-separated values of a parameter and decodes each.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if one cannot be decoded.
    pub fn list(&mut self, name: &str) -> Result<Option<Vec<String>>, RecordError> {
        let values = self.take(name).map(|values| values.split(','));
        let values = values.map(|values| values.map(StoreUri::percent_decode).collect());
        values
            .transpose()
            .map_err(|reason| self.invalid_parameter(name, reason))
    }

    /// Takes, decodes and parses the value of a parameter. An error of `parse` becomes the message.
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

    /// Takes the value of a parameter with a fixed set of values, which are compared without case.
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
                    "unknown value `{name}={value}`; the values are {}",
                    names.join(", ")
                )
            })
        })
    }

    /// Drops parameters that concern only other drivers.
    pub fn ignore(&mut self, names: &[&str]) {
        self.remaining.retain(|(name, _)| !names.contains(name));
    }

    /// Checks that every parameter was taken.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] with the name of a parameter that was not taken.
    pub fn finish(self) -> Result<(), RecordError> {
        match self.remaining.first() {
            None => Ok(()),
            Some((name, _)) => Err(self.uri.invalid(format!("unknown parameter `{name}`"))),
        }
    }

    /// Creates an error about a combination of parameters.
    #[must_use]
    pub fn invalid(&self, reason: impl Into<String>) -> RecordError {
        self.uri.invalid(reason)
    }

    fn take(&mut self, name: &str) -> Option<&str> {
        let at = self
            .remaining
            .iter()
            .position(|(taken, _)| *taken == name)?;
        Some(self.remaining.swap_remove(at).1)
    }

    fn invalid_parameter(&self, name: &str, reason: &str) -> RecordError {
        self.uri
            .invalid(format!("the parameter `{name}`: {reason}"))
    }
}

/// Splits parameters. An unescaped `?` in a password would start the parameters too early; they
/// then contain an `@`, and the error must not quote them.
fn split_parameters(query: &str) -> Result<Vec<(&str, &str)>, String> {
    if query.contains(['@', '#', '?']) {
        let reason = "a `?` in a password is written `%3F`; in a parameter, `@`, `#` and `?` are written `%40`, `%23` and `%3F`";
        return Err(format!("{reason}; a URI has no fragment"));
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

/// Returns a value for a message. A value that is not a plain word may be part of a password and is
/// hidden.
fn shown(value: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if value.len() <= 32 && value.bytes().all(is_plain) {
        value
    } else {
        "…"
    }
}
