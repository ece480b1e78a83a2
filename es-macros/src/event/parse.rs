use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, ItemStruct};

use crate::errors::Errors;
use crate::item;
use crate::options::{Known, Options, Shape, Table};

const TABLE: Table = Table {
    owner: "#[event]",
    known: &[
        Known {
            name: "name",
            shape: Shape::Text,
            usage: "name = \"SomethingHappened\"",
        },
        Known {
            name: "was",
            shape: Shape::TextBuffer,
            usage: "was(\"OldName\")",
        },
        Known {
            name: "version",
            shape: Shape::Number,
            usage: "version = 2",
        },
        Known {
            name: "upcast",
            shape: Shape::Lists,
            usage: "upcast(from = 1, with = path::to::function)",
        },
        Known {
            name: "retired",
            shape: Shape::Flag,
            usage: "retired",
        },
        Known {
            name: "alone",
            shape: Shape::FlagOrNames,
            usage: "alone(versioned, timestamped, sealed)",
        },
        Known {
            name: "crate",
            shape: Shape::Path,
            usage: "crate = path::to::es",
        },
    ],
    elsewhere: &[
        ("events", "#[aggregate]"),
        ("topic", "#[aggregate]"),
        ("base", "#[aggregate]"),
        ("snapshot", "#[aggregate]` and of `#[entity]"),
        ("integrity", "#[aggregate]` and of `#[entity]"),
        ("versioned", "#[entity]` and of `alone(…)"),
        ("timestamped", "#[entity]` and of `alone(…)"),
        ("sealed", "alone(…)"),
        ("setter", "#[attribute]"),
        ("getter", "#[attribute]"),
        ("skip", "#[attribute]"),
        ("default", "#[attribute]"),
    ],
    needless: &[],
};

pub(super) struct Parsed {
    pub(super) options: Options,
    /// Whether none of them was refused.
    pub(super) are_options_whole: bool,
    pub(super) item: ItemStruct,
}

/// The parts; else what remains of an item that cannot be an event.
pub(super) fn parse(
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let before = errors.count();
    let options = Options::parse(&TABLE, arguments, errors);
    let are_options_whole = errors.count() == before;
    match syn::parse2(tokens.clone()) {
        Ok(Item::Struct(mut item)) => {
            item::check_single(&mut item.attrs, "event", errors);
            Ok(Parsed {
                options,
                are_options_whole,
                item,
            })
        }
        Ok(other) => {
            let (kind, token) = item::kind(&other);
            errors.at(
                token,
                format!("`#[event]` stands above a struct, and this is {kind}: an event is a struct with named fields, or without any"),
            );
            Err(stand_in(&other, options, errors))
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`#[event]` stands above a struct: {error}"),
            );
            Err(tokens)
        }
    }
}

/// An enum gets what an event has, so that the places where it is used are no mistakes as well.
fn stand_in(other: &Item, options: Options, errors: &mut Errors) -> TokenStream {
    let Item::Enum(item) = other else {
        return other.to_token_stream();
    };
    let (ident, vis, attrs) = (&item.ident, &item.vis, &item.attrs);
    let as_struct = syn::parse_quote!(#(#attrs)* #vis struct #ident;);
    let event = super::model::Event::new(
        Parsed {
            options,
            are_options_whole: false,
            item: as_struct,
        },
        errors,
    );
    let mut item = item.clone();
    item.generics = syn::Generics::default();
    let head = event.derives();
    let implementation = super::expand::implementation(&event);
    quote!(#head #item #implementation)
}
