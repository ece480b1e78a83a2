//! The options of an attribute macro: `name`, `name = value` and `name(…)`, separated by commas.
//!
//! An [`OptionTable`] lists the options of a macro. All errors in the syntax of options are
//! reported by this module.

mod table;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{LitInt, LitStr, Path};

pub(crate) use table::{OptionSpec, OptionTable, ROUND_TRIP, ValueSyntax};

use crate::errors::Errors;

/// The value of one option.
enum Value {
    Flag,
    Text(LitStr),
    Texts(Vec<LitStr>),
    Name(Ident),
    Names(Vec<Ident>),
    Path(Path),
    Number(LitInt),
    List(TokenStream),
    RepeatedList(TokenStream),
}

/// The valid options of one annotation. Only options with [`ValueSyntax::RepeatedList`] can occur
/// more than once.
#[derive(Default)]
pub(crate) struct Options(Vec<(Ident, Value)>);

impl Options {
    /// Parses options. An invalid or duplicated option is reported and left out.
    pub(crate) fn parse(table: &OptionTable, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for part in split(tokens, errors) {
            if let Some((name, value)) = table.parse(part, errors) {
                let can_repeat = matches!(value, Value::RepeatedList(_));
                if !can_repeat && options.keyword(&name.to_string()).is_some() {
                    errors.at(&name, format!("`{name}` is repeated: remove one"));
                } else {
                    options.0.push((name, value));
                }
            }
        }
        options
    }

    /// Returns the keyword of an option, if the option is present.
    pub(crate) fn keyword(&self, name: &str) -> Option<&Ident> {
        self.0
            .iter()
            .map(|(keyword, _)| keyword)
            .find(|keyword| *keyword == name)
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find_map(|(keyword, value)| (keyword == name).then_some(value))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&LitStr> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn texts(&self, name: &str) -> &[LitStr] {
        match self.value(name) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    pub(crate) fn name(&self, name: &str) -> Option<&Ident> {
        match self.value(name) {
            Some(Value::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// Returns false if a switch is `off`; switches are on by default. `subject` is the beginning of
    /// the message for `on`.
    pub(crate) fn is_on(&self, name: &str, subject: &str, errors: &mut Errors) -> bool {
        match self.name(name) {
            Some(value) if value == "off" => return false,
            Some(value) if value == "on" => errors.at(
                value,
                format!("{subject} on by default: remove this option, or write `{name} = off`"),
            ),
            Some(value) => errors.at(
                value,
                format!("`{name}` does not accept `{value}`: write `{name} = off`"),
            ),
            None => {}
        }
        true
    }

    pub(crate) fn names(&self, name: &str) -> &[Ident] {
        match self.value(name) {
            Some(Value::Names(names)) => names,
            _ => &[],
        }
    }

    pub(crate) fn path(&self, name: &str) -> Option<&Path> {
        match self.value(name) {
            Some(Value::Path(path)) => Some(path),
            _ => None,
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<&LitInt> {
        match self.value(name) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// Returns the lists of a repeatable option, each with its keyword.
    pub(crate) fn lists(&self, name: &str) -> impl Iterator<Item = (&Ident, TokenStream)> {
        self.0
            .iter()
            .filter_map(move |(keyword, value)| match value {
                Value::RepeatedList(list) if keyword == name => Some((keyword, list.clone())),
                _ => None,
            })
    }

    pub(crate) fn list(&self, name: &str) -> TokenStream {
        match self.value(name) {
            Some(Value::List(list)) => list.clone(),
            _ => TokenStream::new(),
        }
    }
}

/// Splits tokens at commas. A comma between generic arguments does not split.
pub(crate) fn split(tokens: TokenStream, errors: &mut Errors) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = TokenStream::new();
    let mut depth = 0_usize;
    for token in tokens {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' && depth == 0 => {
                if part.is_empty() {
                    errors.at(&token, "unexpected comma: remove it");
                } else {
                    parts.push(std::mem::take(&mut part));
                }
                continue;
            }
            TokenTree::Punct(angle) if angle.as_char() == '<' => depth += 1,
            TokenTree::Punct(angle) if angle.as_char() == '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        part.extend([token]);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}
