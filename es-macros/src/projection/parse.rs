use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, ItemImpl};

use crate::errors::Errors;
use crate::item;
use crate::options::{Known, Options, Shape, Table};

const TABLE: Table = Table {
    owner: "#[projection]",
    known: &[
        Known {
            name: "aggregates",
            shape: Shape::List,
            usage: "aggregates(Account, Transfer)",
        },
        Known {
            name: "name",
            shape: Shape::Text,
            usage: "name = \"balances\"",
        },
        Known {
            name: "ignore_others",
            shape: Shape::Flag,
            usage: "ignore_others",
        },
        Known {
            name: "crate",
            shape: Shape::Path,
            usage: "crate = path::to::es",
        },
    ],
    elsewhere: &[("events", "#[aggregate]"), ("topic", "#[aggregate]")],
    needless: &[],
};

pub(super) struct Parsed {
    pub(super) options: Options,
    pub(super) item: ItemImpl,
}

/// The parts; else what remains of an item that cannot be a projection.
pub(super) fn parse(
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let options = Options::parse(&TABLE, arguments, errors);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Impl(item)) => of_impl(options, item, errors),
        Ok(other) => {
            let (kind, token) = item::kind(&other);
            errors.at(
                token,
                format!("`#[projection]` stands above an `impl` with handlers, and this is {kind}: move it above `impl`"),
            );
            Err(other.into_token_stream())
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`#[projection]` stands above an `impl` with handlers: {error}"),
            );
            Err(tokens)
        }
    }
}

fn of_impl(
    options: Options,
    mut item: ItemImpl,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    item.attrs.retain(|attribute| {
        let is_second = item::is_named(attribute.path(), "projection");
        if is_second {
            errors.at(attribute, "`#[projection]` is there twice: keep one");
        }
        !is_second
    });
    let before = errors.count();
    if let Some((path, _)) = &item.trait_ {
        errors.at(
            path,
            "the handlers of a projection are methods of its own type: move them to an `impl` without a trait",
        );
    }
    if !item.generics.params.is_empty() || item.generics.where_clause.is_some() {
        errors.at(
            &item.generics,
            "a projection is stored under one name, and so is of one type: write concrete types",
        );
    }
    if errors.count() == before {
        return Ok(Parsed { options, item });
    }
    super::handler::strip(&mut item);
    Err(item.into_token_stream())
}
