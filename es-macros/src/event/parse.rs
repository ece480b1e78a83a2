//! The parser of the annotation and the annotated struct.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, ItemStruct};

use crate::errors::Errors;
use crate::options::{OptionSpec, OptionTable, Options, ROUND_TRIP, ValueSyntax};
use crate::{attributes, item};

const TABLE: OptionTable = OptionTable {
    owner: "#[event]",
    options: &[
        OptionSpec::new("name", ValueSyntax::Text, "name = \"SomethingHappened\""),
        OptionSpec::new("was", ValueSyntax::Texts, "was(\"OldName\")"),
        OptionSpec::new("version", ValueSyntax::Number, "version = 2"),
        OptionSpec::new(
            "upcast",
            ValueSyntax::RepeatedList,
            "upcast(from = 1, with = path::to::function)",
        ),
        OptionSpec::new("retired", ValueSyntax::Flag, "retired"),
        OptionSpec::new(
            "standalone",
            ValueSyntax::FlagOrNames,
            "standalone(versioned, timestamped, sealed)",
        ),
        ROUND_TRIP,
        OptionSpec::new("crate", ValueSyntax::Path, "crate = path::to::es"),
    ],
    foreign: &[
        ("events", "#[aggregate]"),
        ("topic", "#[aggregate]"),
        ("base", "#[aggregate]"),
        ("snapshot", "#[aggregate]` and of `#[entity]"),
        ("integrity", "#[aggregate]` and of `#[entity]"),
        ("versioned", "#[entity]` and of `standalone(…)"),
        ("timestamped", "#[entity]` and of `standalone(…)"),
        ("sealed", "standalone(…)"),
        ("setter", "#[attribute]"),
        ("getter", "#[attribute]"),
        ("skip", "#[attribute]"),
        ("default", "#[attribute]"),
    ],
    implied: &[],
};

/// The options and the struct of an annotation.
pub(super) struct Parsed {
    pub(super) options: Options,
    /// True if no option was refused.
    pub(super) has_all_options: bool,
    pub(super) item: ItemStruct,
}

/// Parses the annotation. The error is the item to emit if it cannot be an event; the reason is
/// already reported.
pub(super) fn parse(
    arguments: TokenStream,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Result<Parsed, TokenStream> {
    let before = errors.count();
    let options = Options::parse(&TABLE, arguments, errors);
    let has_all_options = errors.count() == before;
    match syn::parse2(tokens.clone()) {
        Ok(Item::Struct(mut item)) => {
            attributes::check_single_macro(&mut item.attrs, "event", errors);
            Ok(Parsed {
                options,
                has_all_options,
                item,
            })
        }
        Ok(other) => {
            let (kind, token) = item::describe(&other);
            errors.at(
                token,
                format!(
                    "`#[event]` cannot annotate {kind}: write it above a struct with named fields \
                     or without fields"
                ),
            );
            Err(stand_in(&other, options, errors))
        }
        Err(error) => {
            errors.at_span(
                error.span(),
                format!("`#[event]` must annotate a struct: {error}"),
            );
            Err(tokens)
        }
    }
}

/// Returns the item with the impls of an event if it is an enum, so that its uses are not errors as
/// well.
fn stand_in(other: &Item, options: Options, errors: &mut Errors) -> TokenStream {
    let Item::Enum(item) = other else {
        return other.to_token_stream();
    };
    let (ident, vis, attrs) = (&item.ident, &item.vis, &item.attrs);
    let as_struct = syn::parse_quote!(#(#attrs)* #vis struct #ident;);
    let event = super::model::Event::new(
        Parsed {
            options,
            has_all_options: false,
            item: as_struct,
        },
        errors,
    );
    let mut item = item.clone();
    item.generics = syn::Generics::default();
    let derives = event.derives();
    let implementation = super::expand::implementation(&event);
    quote!(#derives #item #implementation)
}
