//! The parser of the annotation and the annotated function.

use proc_macro2::{Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Item, ItemFn, Type};

use crate::errors::Errors;
use crate::item;
use crate::options::{self, OptionSpec, OptionTable, Options, ValueSyntax};
use crate::types::ends_with;

const TABLE: OptionTable = OptionTable {
    owner: "#[subscribe_to]",
    options: &[OptionSpec::new(
        "crate",
        ValueSyntax::Path,
        "crate = path::to::es",
    )],
    foreign: &[],
    implied: &[],
};

/// The event type, the options and the function of an annotation.
pub(super) struct Parsed {
    pub(super) options: Options,
    /// None if the type is missing or invalid.
    pub(super) event: Option<Type>,
    pub(super) item: ItemFn,
}

impl Parsed {
    /// Returns true if the function takes `self`. Such a function is in an `impl`, where no struct
    /// can be added.
    pub(super) fn is_method(&self) -> bool {
        self.item.sig.receiver().is_some()
    }

    /// Returns the function without its annotation.
    pub(super) fn into_item(mut self) -> TokenStream {
        self.item
            .attrs
            .retain(|attribute| !ends_with(attribute.path(), "subscribe_to"));
        self.item.into_token_stream()
    }
}

/// Parses the annotation. The error is the item to emit if it is not a function; the reason is
/// already reported.
pub(super) fn parse(
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let (event, rest) = parse_event(arguments, Span::call_site(), errors);
    let options = Options::parse(&TABLE, rest, errors);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Fn(item)) => Ok(Parsed {
            options,
            event,
            item,
        }),
        Ok(other) => {
            let (kind, token) = item::describe(&other);
            errors.at(
                token,
                format!(
                    "`#[subscribe_to]` cannot annotate {kind}: write it above a function that \
                     takes the event"
                ),
            );
            Err(other.into_token_stream())
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`#[subscribe_to]` must annotate a function: {error}"),
            );
            Err(tokens)
        }
    }
}

/// Parses the event type, and returns the tokens of the options. A missing type is reported at
/// `span`.
pub(crate) fn parse_event(
    arguments: TokenStream,
    span: Span,
    errors: &mut Errors,
) -> (Option<Type>, TokenStream) {
    let mut rest = TokenStream::new();
    let mut event = None;
    let mut has_event = false;
    for part in options::split(arguments, errors) {
        if is_option(&part) {
            let mut comma = Punct::new(',', Spacing::Alone);
            comma.set_span(part.span());
            rest.extend(part);
            rest.extend([TokenTree::from(comma)]);
        } else if has_event {
            errors.at(
                part,
                "a handler subscribes to one event type: write a second function for this one",
            );
        } else {
            has_event = true;
            event = syn::parse2(part.clone())
                .map_err(|_| {
                    errors.at(
                        part,
                        "this is not a type: write an event type, such as `SomethingHappened`",
                    );
                })
                .ok();
        }
    }
    if !has_event {
        errors.at_span(
            span,
            "the event type is missing: write `#[subscribe_to(SomethingHappened)]`",
        );
    }
    (event, rest)
}

/// Returns true if a part is `name = value` rather than a type.
fn is_option(part: &TokenStream) -> bool {
    let mut tokens = part.clone().into_iter();
    matches!(
        (tokens.next(), tokens.next()),
        (Some(TokenTree::Ident(_)), Some(TokenTree::Punct(punct))) if punct.as_char() == '='
    )
}
