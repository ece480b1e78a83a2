//! What stands between the parentheses of an attribute: `name`, `name = value` and `name(…)`, with commas between.
//!
//! A table says which options there are; every mistake in their form is reported from here.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitInt, LitStr, Path, Token};

use crate::errors::Errors;
use crate::item;

/// The options of one attribute.
pub(crate) struct Table {
    pub(crate) owner: &'static str,
    pub(crate) known: &'static [Known],
    /// Options of other attributes, and whose they are.
    pub(crate) elsewhere: &'static [(&'static str, &'static str)],
    /// Words that hold without being said, and why.
    pub(crate) needless: &'static [(&'static str, &'static str)],
}

pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// How it is written, for messages.
    pub(crate) usage: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `default`
    Flag,
    /// `topic = "…"`
    Text,
    /// `was("…", "…")`
    TextBuffer,
    /// `setter = set_it`
    Name,
    /// `version = 2`
    Number,
    /// `skip(setter, getter)`
    Names,
    /// `alone`, or `alone(versioned, timestamped)`
    FlagOrNames,
    /// `crate = path`
    Path,
    /// `events(…)`
    List,
    /// `upcast(…)`, any number of times
    Lists,
}

enum Value {
    Flag,
    Text(LitStr),
    TextBuffer(Vec<LitStr>),
    Name(Ident),
    Names(Vec<Ident>),
    Path(Path),
    Number(LitInt),
    List(TokenStream),
    Lists(TokenStream),
}

/// The options that were given, each once and well-formed.
#[derive(Default)]
pub(crate) struct Options(Vec<(Ident, Value)>);

impl Options {
    pub(crate) fn parse(table: &Table, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for part in split(tokens, errors) {
            if let Some((name, value)) = table.read(part, errors) {
                let repeats = matches!(value, Value::Lists(_));
                if !repeats && options.word(&name.to_string()).is_some() {
                    errors.at(&name, format!("`{name}` is given twice: keep one"));
                } else {
                    options.0.push((name, value));
                }
            }
        }
        options
    }

    /// The word of an option, if it was given.
    pub(crate) fn word(&self, name: &str) -> Option<&Ident> {
        self.0
            .iter()
            .map(|(word, _)| word)
            .find(|word| *word == name)
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find_map(|(word, value)| (word == name).then_some(value))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&LitStr> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn texts(&self, name: &str) -> &[LitStr] {
        match self.value(name) {
            Some(Value::TextBuffer(texts)) => texts,
            _ => &[],
        }
    }

    pub(crate) fn name(&self, name: &str) -> Option<&Ident> {
        match self.value(name) {
            Some(Value::Name(name)) => Some(name),
            _ => None,
        }
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

    /// The lists of an option that can be given several times, each with its word.
    pub(crate) fn lists(&self, name: &str) -> impl Iterator<Item = (&Ident, TokenStream)> {
        self.0.iter().filter_map(move |(word, value)| match value {
            Value::Lists(list) if word == name => Some((word, list.clone())),
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

/// The parts between commas; generic arguments stay together.
pub(crate) fn split(tokens: TokenStream, errors: &mut Errors) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = TokenStream::new();
    let mut depth = 0_usize;
    for token in tokens {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' && depth == 0 => {
                if part.is_empty() {
                    errors.at(&token, "nothing stands before this comma: remove it");
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

impl Table {
    fn read(&self, part: TokenStream, errors: &mut Errors) -> Option<(Ident, Value)> {
        let mut rest = part.clone().into_iter();
        let Some(TokenTree::Ident(word)) = rest.next() else {
            errors.at(part, format!("this is not an option: {}", self.usages()));
            return None;
        };
        let Some(known) = self.known.iter().find(|known| word == known.name) else {
            errors.at(&word, self.unknown(&word));
            return None;
        };
        let value = read_value(known.shape, rest.collect());
        match value {
            Ok(value) => Some((word, value)),
            Err(wrong) => {
                let message = match known.shape {
                    Shape::Flag => format!("`{word}` has no value: write it alone"),
                    _ => format!("`{word}` is written `{}`", known.usage),
                };
                let empty = wrong.is_empty();
                errors.at(
                    if empty {
                        word.into_token_stream()
                    } else {
                        wrong
                    },
                    message,
                );
                None
            }
        }
    }

    fn unknown(&self, word: &Ident) -> String {
        let owner = self.owner;
        if let Some((_, why)) = self.needless.iter().find(|(name, _)| word == name) {
            return format!("{why}: remove `{word}`");
        }
        if let Some((_, other)) = self.elsewhere.iter().find(|(name, _)| word == name) {
            return format!("`{word}` is an option of `{other}`, not of `{owner}`: move it there");
        }
        format!("`{owner}` has no option `{word}`: {}", self.usages())
    }

    fn usages(&self) -> String {
        let usages: Vec<_> = self
            .known
            .iter()
            .map(|known| format!("`{}`", known.usage))
            .collect();
        format!("`{}` takes {}", self.owner, usages.join(", "))
    }
}

/// The value after an option's word; else the tokens that are wrong.
fn read_value(shape: Shape, rest: TokenStream) -> Result<Value, TokenStream> {
    if shape == Shape::Flag || (shape == Shape::FlagOrNames && rest.is_empty()) {
        return if rest.is_empty() {
            Ok(Value::Flag)
        } else {
            Err(rest)
        };
    }
    let is_group = matches!(
        shape,
        Shape::TextBuffer | Shape::Names | Shape::FlagOrNames | Shape::List | Shape::Lists
    );
    if is_group {
        let inner = group(rest)?;
        return match shape {
            Shape::TextBuffer => each(inner).map(Value::TextBuffer),
            Shape::Names | Shape::FlagOrNames => each(inner).map(Value::Names),
            Shape::Lists => Ok(Value::Lists(inner)),
            _ => Ok(Value::List(inner)),
        };
    }
    let assigned = assigned(rest)?;
    let parsed = match shape {
        Shape::Text => syn::parse2(assigned.clone()).map(Value::Text),
        Shape::Number => syn::parse2(assigned.clone()).map(Value::Number),
        Shape::Name => Ident::parse_any.parse2(assigned.clone()).map(Value::Name),
        _ => item::parse_path.parse2(assigned.clone()).map(Value::Path),
    };
    parsed.map_err(|_| assigned)
}

/// The tokens after `=`.
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

/// The tokens between parentheses, where nothing else stands.
fn group(rest: TokenStream) -> Result<TokenStream, TokenStream> {
    let mut tokens = rest.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None)
            if group.delimiter() == proc_macro2::Delimiter::Parenthesis =>
        {
            Ok(group.stream())
        }
        _ => Err(rest),
    }
}

/// Values of one kind between commas, at least one; else the first that is another.
fn each<T: syn::parse::Parse>(tokens: TokenStream) -> Result<Vec<T>, TokenStream> {
    let parts = split(tokens, &mut Errors::default());
    if parts.is_empty() {
        return Err(TokenStream::new());
    }
    parts
        .into_iter()
        .map(|part| syn::parse2(part.clone()).map_err(|_| part))
        .collect()
}
