//! Tables of options, and the parser of one option.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{LitInt, LitStr, Token};

use super::{Value, split};
use crate::errors::Errors;
use crate::types;

/// The option that turns the check of triggered events off.
pub(crate) const ROUND_TRIP: OptionSpec =
    OptionSpec::new("round_trip", ValueSyntax::Name, "round_trip = off");

/// The options of one macro or attribute.
pub(crate) struct OptionTable {
    /// The macro or attribute, such as `#[event]`.
    pub(crate) owner: &'static str,
    pub(crate) options: &'static [OptionSpec],
    /// Options of other macros, each with its owners.
    pub(crate) foreign: &'static [(&'static str, &'static str)],
    /// Keywords for behaviour that this macro always has, each with that behaviour.
    pub(crate) implied: &'static [(&'static str, &'static str)],
}

/// An option of an [`OptionTable`].
pub(crate) struct OptionSpec {
    name: &'static str,
    syntax: ValueSyntax,
    /// An example, for error messages.
    usage: &'static str,
}

/// The syntax of an option's value.
#[derive(Clone, Copy)]
pub(crate) enum ValueSyntax {
    /// `default`
    Flag,
    /// `topic = "…"`
    Text,
    /// `was("…", "…")`
    Texts,
    /// `setter = set_it`
    Name,
    /// `version = 2`
    Number,
    /// `skip(setter, getter)`
    Names,
    /// `standalone`, or `standalone(versioned, timestamped)`
    FlagOrNames,
    /// `crate = path`
    Path,
    /// `events(…)`
    List,
    /// `upcast(…)`, any number of times
    RepeatedList,
}

impl OptionTable {
    /// Parses one option, or reports why it is invalid.
    pub(super) fn parse(&self, part: TokenStream, errors: &mut Errors) -> Option<(Ident, Value)> {
        let mut rest = part.clone().into_iter();
        let Some(TokenTree::Ident(keyword)) = rest.next() else {
            errors.at(part, format!("this is not an option: {}", self.usages()));
            return None;
        };
        let Some(spec) = self.options.iter().find(|spec| keyword == spec.name) else {
            errors.at(&keyword, self.unknown(&keyword));
            return None;
        };
        match spec.syntax.parse(rest.collect()) {
            Ok(value) => Some((keyword, value)),
            Err(wrong) => {
                let message = spec.syntax_error();
                if wrong.is_empty() {
                    errors.at(keyword, message);
                } else {
                    errors.at(wrong, message);
                }
                None
            }
        }
    }

    fn unknown(&self, keyword: &Ident) -> String {
        let owner = self.owner;
        if let Some((_, behaviour)) = self.implied.iter().find(|(name, _)| keyword == name) {
            return format!("{behaviour}: remove `{keyword}`");
        }
        if let Some((_, owners)) = self.foreign.iter().find(|(name, _)| keyword == name) {
            return format!(
                "`{keyword}` is an option of `{owners}`, not of `{owner}`: move it there"
            );
        }
        format!("`{owner}` has no option `{keyword}`: {}", self.usages())
    }

    fn usages(&self) -> String {
        let usages: Vec<_> = self
            .options
            .iter()
            .map(|spec| format!("`{}`", spec.usage))
            .collect();
        match &usages[..] {
            [usage] => format!("use {usage}"),
            usages => format!("use one of {}", usages.join(", ")),
        }
    }
}

impl OptionSpec {
    pub(crate) const fn new(name: &'static str, syntax: ValueSyntax, usage: &'static str) -> Self {
        Self {
            name,
            syntax,
            usage,
        }
    }

    fn syntax_error(&self) -> String {
        let Self { name, usage, .. } = self;
        match self.syntax {
            ValueSyntax::Flag => format!("`{name}` does not take a value: write `{name}`"),
            _ => format!("invalid syntax for the option `{name}`: write `{usage}`"),
        }
    }
}

impl ValueSyntax {
    /// Parses the tokens after the keyword. The error is the tokens that do not fit; they are empty
    /// if a value is missing.
    fn parse(self, rest: TokenStream) -> Result<Value, TokenStream> {
        match self {
            Self::Flag | Self::FlagOrNames if rest.is_empty() => Ok(Value::Flag),
            Self::Flag => Err(rest),
            Self::Texts => each(group(rest)?).map(Value::Texts),
            Self::Names | Self::FlagOrNames => each(group(rest)?).map(Value::Names),
            Self::List => group(rest).map(Value::List),
            Self::RepeatedList => group(rest).map(Value::RepeatedList),
            Self::Text => parse_assigned(<LitStr as Parse>::parse, rest).map(Value::Text),
            Self::Number => parse_assigned(<LitInt as Parse>::parse, rest).map(Value::Number),
            Self::Name => parse_assigned(Ident::parse_any, rest).map(Value::Name),
            Self::Path => parse_assigned(types::parse_path, rest).map(Value::Path),
        }
    }
}

/// Parses the tokens after `=`.
fn parse_assigned<T>(
    parser: fn(ParseStream<'_>) -> syn::Result<T>,
    rest: TokenStream,
) -> Result<T, TokenStream> {
    let assigned = assigned(rest)?;
    parser.parse2(assigned.clone()).map_err(|_| assigned)
}

/// Returns the tokens after `=`.
fn assigned(rest: TokenStream) -> Result<TokenStream, TokenStream> {
    let parser = |input: ParseStream<'_>| {
        input.parse::<Token![=]>()?;
        input.parse::<TokenStream>()
    };
    match parser.parse2(rest.clone()) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(rest),
    }
}

/// Returns the tokens between parentheses, if there are no other tokens.
fn group(rest: TokenStream) -> Result<TokenStream, TokenStream> {
    let mut tokens = rest.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Parenthesis => {
            Ok(group.stream())
        }
        _ => Err(rest),
    }
}

/// Parses one or more values separated by commas. The error is the first value that does not parse.
fn each<T: Parse>(tokens: TokenStream) -> Result<Vec<T>, TokenStream> {
    let parts = split(tokens, &mut Errors::default());
    if parts.is_empty() {
        return Err(TokenStream::new());
    }
    parts
        .into_iter()
        .map(|part| syn::parse2(part.clone()).map_err(|_| part))
        .collect()
}
