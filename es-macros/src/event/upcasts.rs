//! The upcasts of an event: a chain from every previous version to the current one.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitInt, Path};

use super::parse::Parsed;
use crate::errors::Errors;
use crate::options::{OptionSpec, OptionTable, Options, ValueSyntax};

const TABLE: OptionTable = OptionTable {
    owner: "upcast(…)",
    options: &[
        OptionSpec::new("from", ValueSyntax::Number, "from = 1"),
        OptionSpec::new("with", ValueSyntax::Path, "with = path::to::function"),
    ],
    foreign: &[("version", "#[event]")],
    implied: &[],
};

/// An upcast from one version to the next.
pub(super) struct Upcast {
    from: u32,
    with: Path,
}

/// Returns the version of the event and its complete chain of upcasts. After an error it is version
/// 1 without upcasts.
pub(super) fn chain(parsed: &Parsed, errors: &mut Errors) -> (u32, Vec<Upcast>) {
    let options = &parsed.options;
    let before = errors.count();
    let version = options
        .number("version")
        .map_or(Some(1), |literal| parse_version(literal, errors));
    let given: Vec<_> = options
        .lists("upcast")
        .filter_map(|(keyword, list)| GivenUpcast::parse(keyword, list, errors))
        .collect();
    if let Some(version) = version {
        check_range(version, options, &given, errors);
        // An invalid upcast may be the one that seems to be missing.
        if parsed.has_all_options && options.lists("upcast").count() == given.len() {
            check_complete(version, options, &given, errors);
        }
    }
    let chain = sorted(given, errors);
    match version {
        Some(version) if errors.count() == before => (version, chain),
        _ => (1, Vec::new()),
    }
}

/// Parses a version number. An invalid one is reported.
fn parse_version(literal: &LitInt, errors: &mut Errors) -> Option<u32> {
    match literal.base10_parse::<u32>() {
        Ok(version) if version > 0 && literal.suffix().is_empty() => Some(version),
        _ => {
            errors.at(
                literal,
                "invalid version: write a whole number from 1, without a suffix",
            );
            None
        }
    }
}

/// An upcast, and the literal of its `from`.
struct GivenUpcast {
    literal: LitInt,
    upcast: Upcast,
}

impl GivenUpcast {
    fn parse(keyword: &Ident, list: TokenStream, errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        let options = Options::parse(&TABLE, list, errors);
        let (from, with) = (options.number("from"), options.path("with"));
        if errors.count() > before {
            return None;
        }
        let (Some(from), Some(with)) = (from, with) else {
            errors.at(
                keyword,
                "an upcast needs the version that it reads and its function: write `upcast(from = \
                 1, with = path::to::function)`",
            );
            return None;
        };
        Some(Self {
            upcast: Upcast {
                from: parse_version(from, errors)?,
                with: with.clone(),
            },
            literal: from.clone(),
        })
    }
}

/// Reports upcasts from the current version or a later one.
fn check_range(version: u32, options: &Options, given: &[GivenUpcast], errors: &mut Errors) {
    for GivenUpcast { literal, upcast } in given {
        if upcast.from < version {
            continue;
        }
        let next = u64::from(upcast.from) + 1;
        errors.at(
            literal,
            match options.number("version") {
                Some(_) => format!(
                    "this upcast returns version {next}, and the event has version {version}: \
                     write a lower version here, or `version = {next}`"
                ),
                None => format!(
                    "this upcast returns version {next}, and the event has version 1: add \
                     `version = {next}`"
                ),
            },
        );
    }
}

/// Reports previous versions without an upcast.
fn check_complete(version: u32, options: &Options, given: &[GivenUpcast], errors: &mut Errors) {
    let Some(literal) = options.number("version") else {
        return;
    };
    let is_missing = |from: &u32| !given.iter().any(|given| given.upcast.from == *from);
    // A version can be up to `u32::MAX`, and the message names three.
    let missing: Vec<_> = (1..version).filter(is_missing).take(4).collect();
    if let Some(first) = missing.first() {
        let named: Vec<_> = missing.iter().take(3).map(u32::to_string).collect();
        let more = if missing.len() > 3 { ", …" } else { "" };
        errors.at(
            literal,
            format!(
                "there is no upcast from version {}{more}, so stored events of it cannot be read: \
                 add `upcast(from = {first}, with = path::to::function)`",
                named.join(", ")
            ),
        );
    }
}

/// Sorts upcasts by version. Duplicates are reported.
fn sorted(mut given: Vec<GivenUpcast>, errors: &mut Errors) -> Vec<Upcast> {
    given.sort_by_key(|given| given.upcast.from);
    for pair in given.windows(2) {
        if pair[0].upcast.from == pair[1].upcast.from {
            errors.at(
                &pair[1].literal,
                format!(
                    "there are two upcasts from version {}: remove one",
                    pair[1].upcast.from
                ),
            );
        }
    }
    given.into_iter().map(|given| given.upcast).collect()
}

/// The items of the `Event` impl for an event with upcasts. Each step has the span of its
/// function's path, so that the compiler reports types that do not fit there.
pub(super) fn items(es: &TokenStream, version: u32, chain: &[Upcast]) -> Option<TokenStream> {
    let last = chain.last()?;
    let step = |Upcast { from, with }: &Upcast| {
        let span = with.span();
        let new = quote_spanned!(span=> #es::__private::step);
        quote!(#new(#from, #with))
    };
    let previous_versions = chain.iter().map(step);
    let steps = chain.iter().map(|upcast| {
        let (step, span) = (step(upcast), upcast.with.span());
        let after = quote_spanned!(span=> step.after(old, payload)?);
        quote!(let step = #step; let payload = #after;)
    });
    let end = quote_spanned!(last.with.to_token_stream().span()=> #es::__private::end::<_, Self>(payload));
    Some(quote! {
        const VERSION: u32 = #version;
        const FORMER: &'static [#es::__private::Former] = &[#(#previous_versions.former()),*];
        fn __upcast(
            old: &mut #es::__private::Old<'_, '_>,
        ) -> ::core::result::Result<Self, #es::__private::DecodeError> {
            let payload = #es::__private::beginning();
            #(#steps)*
            #end
        }
    })
}
