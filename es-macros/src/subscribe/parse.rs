use proc_macro2::{Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Item, ItemFn, Type};

use crate::errors::Errors;
use crate::item;
use crate::options::{self, Known, Options, Shape, Table};

const TABLE: Table = Table {
    owner: "#[subscribe_to]",
    known: &[Known {
        name: "crate",
        shape: Shape::Path,
        usage: "SomethingHappened, crate = path::to::es",
    }],
    elsewhere: &[],
    needless: &[],
};

pub(super) struct Parsed {
    pub(super) options: Options,
    /// The type of event; none where it is missing or is no type.
    pub(super) event: Option<Type>,
    pub(super) item: ItemFn,
}

impl Parsed {
    /// Whether it takes `self`: in its `impl`, no items can stand beside it.
    pub(super) fn is_method(&self) -> bool {
        self.item.sig.receiver().is_some()
    }

    /// The item alone.
    pub(super) fn into_item(mut self) -> TokenStream {
        self.item
            .attrs
            .retain(|attribute| !item::is_named(attribute.path(), "subscribe_to"));
        self.item.into_token_stream()
    }
}

/// The parts; else what remains of an item that cannot be a handler.
pub(super) fn parse(
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let (event, rest) = event(arguments, Span::call_site(), errors);
    let options = Options::parse(&TABLE, rest, errors);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Fn(item)) => Ok(Parsed {
            options,
            event,
            item,
        }),
        Ok(other) => {
            let (kind, token) = item::kind(&other);
            errors.at(
                token,
                format!("`#[subscribe_to]` stands above a function, and this is {kind}: write a function that takes the event"),
            );
            Err(other.into_token_stream())
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`#[subscribe_to]` stands above a function: {error}"),
            );
            Err(tokens)
        }
    }
}

/// The type, which comes first, and the options after it. Where there is none, `place` is where it is missing.
pub(crate) fn event(
    arguments: TokenStream,
    place: Span,
    errors: &mut Errors,
) -> (Option<Type>, TokenStream) {
    let mut rest = TokenStream::new();
    let mut event = None;
    let mut is_said = false;
    for part in options::split(arguments, errors) {
        if is_option(&part) {
            let mut comma = Punct::new(',', Spacing::Alone);
            comma.set_span(part.span());
            rest.extend(part);
            rest.extend([TokenTree::from(comma)]);
        } else if is_said {
            errors.at(
                part,
                "a handler subscribes to events of one type: write a second function for this one",
            );
        } else {
            is_said = true;
            event = syn::parse2(part.clone())
                .map_err(|_| {
                    errors.at(
                        part,
                        "this is no type of events: write one, such as `SomethingHappened`",
                    );
                })
                .ok();
        }
    }
    if !is_said {
        errors.at_span(
            place,
            "say to which events it subscribes: `#[subscribe_to(SomethingHappened)]`",
        );
    }
    (event, rest)
}

/// Whether a part is `name = value`, and no type.
fn is_option(part: &TokenStream) -> bool {
    let mut tokens = part.clone().into_iter();
    matches!(
        (tokens.next(), tokens.next()),
        (Some(TokenTree::Ident(_)), Some(TokenTree::Punct(punct))) if punct.as_char() == '='
    )
}
