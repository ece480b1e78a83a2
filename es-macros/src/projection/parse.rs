//! The parser of the annotation and the annotated `impl`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, ItemImpl};

use crate::errors::Errors;
use crate::item;
use crate::options::{OptionSpec, OptionTable, Options, ValueSyntax};
use crate::types::ends_with;

const TABLE: OptionTable = OptionTable {
    owner: "#[projection]",
    options: &[
        OptionSpec::new(
            "aggregates",
            ValueSyntax::List,
            "aggregates(Account, Transfer)",
        ),
        OptionSpec::new("name", ValueSyntax::Text, "name = \"balances\""),
        OptionSpec::new("ignore_others", ValueSyntax::Flag, "ignore_others"),
        OptionSpec::new("crate", ValueSyntax::Path, "crate = path::to::es"),
    ],
    foreign: &[("events", "#[aggregate]"), ("topic", "#[aggregate]")],
    implied: &[],
};

/// The options and the `impl` of an annotation.
pub(super) struct Parsed {
    pub(super) options: Options,
    pub(super) item: ItemImpl,
}

/// Parses the annotation. The error is the item to emit if it cannot be a projection; the reason is
/// already reported.
pub(super) fn parse(
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let options = Options::parse(&TABLE, arguments, errors);
    match syn::parse2(tokens.clone()) {
        Ok(Item::Impl(item)) => parse_impl(options, item, errors),
        Ok(other) => {
            let (kind, token) = item::describe(&other);
            errors.at(
                token,
                format!(
                    "`#[projection]` cannot annotate {kind}: write it above an `impl` with handlers"
                ),
            );
            Err(other.into_token_stream())
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`#[projection]` must annotate an `impl` with handlers: {error}"),
            );
            Err(tokens)
        }
    }
}

fn parse_impl(
    options: Options,
    mut item: ItemImpl,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    item.attrs.retain(|attribute| {
        let is_second = ends_with(attribute.path(), "projection");
        if is_second {
            errors.at(attribute, "`#[projection]` is repeated: remove one");
        }
        !is_second
    });
    let before = errors.count();
    if let Some((path, _)) = &item.trait_ {
        errors.at(
            path,
            "the handlers of a projection must be inherent methods: move them to an `impl` \
             without a trait",
        );
    }
    if !item.generics.params.is_empty() || item.generics.where_clause.is_some() {
        errors.at(
            &item.generics,
            "a projection cannot be generic, because its name identifies one type: use concrete \
             types",
        );
    }
    if errors.count() == before {
        return Ok(Parsed { options, item });
    }
    super::handler::strip_marks(&mut item);
    Err(item.into_token_stream())
}
