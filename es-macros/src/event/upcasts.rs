//! The chain of upcasts, which leads from every version before to the one of today.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{LitInt, Path};

use super::parse::Parsed;
use crate::errors::Errors;
use crate::options::{Known, Options, Shape, Table};

const TABLE: Table = Table {
    owner: "upcast(…)",
    known: &[
        Known {
            name: "from",
            shape: Shape::Number,
            usage: "from = 1",
        },
        Known {
            name: "with",
            shape: Shape::Path,
            usage: "with = path::to::function",
        },
    ],
    elsewhere: &[("version", "#[event]")],
    needless: &[],
};

/// From one version to the next.
pub(super) struct Upcast {
    from: u32,
    with: Path,
}

/// The version, and the whole chain that leads to it; version 1 without any where there is a mistake.
pub(super) fn chain(parsed: &Parsed, errors: &mut Errors) -> (u32, Vec<Upcast>) {
    let options = &parsed.options;
    let before = errors.count();
    let version = options
        .number("version")
        .map_or(Some(1), |literal| version(literal, errors));
    let given: Vec<_> = options
        .lists("upcast")
        .filter_map(|(word, list)| read(word, list, errors))
        .collect();
    if let Some(version) = version {
        check_range(version, options, &given, errors);
        // An upcast that cannot be read may be the one that seems to be missing.
        if parsed.are_options_whole && options.lists("upcast").count() == given.len() {
            check_complete(version, options, &given, errors);
        }
    }
    let chain = sorted(given, errors);
    match version {
        Some(version) if errors.count() == before => (version, chain),
        _ => (1, Vec::new()),
    }
}

/// A version as it is written, if it is one.
fn version(literal: &LitInt, errors: &mut Errors) -> Option<u32> {
    match literal.base10_parse::<u32>() {
        Ok(version) if version > 0 && literal.suffix().is_empty() => Some(version),
        _ => {
            errors.at(
                literal,
                "versions are counted from 1: write a whole number from 1 up",
            );
            None
        }
    }
}

struct Given {
    literal: LitInt,
    upcast: Upcast,
}

fn read(word: &syn::Ident, list: TokenStream, errors: &mut Errors) -> Option<Given> {
    let before = errors.count();
    let options = Options::parse(&TABLE, list, errors);
    let (from, with) = (options.number("from"), options.path("with"));
    if errors.count() > before {
        return None;
    }
    let (Some(from), Some(with)) = (from, with) else {
        errors.at(
            word,
            "an upcast says from which version it leads to the next, and by which function: \
             `upcast(from = 1, with = path::to::function)`",
        );
        return None;
    };
    Some(Given {
        upcast: Upcast {
            from: version(from, errors)?,
            with: with.clone(),
        },
        literal: from.clone(),
    })
}

/// Every upcast leads to a version that there is.
fn check_range(version: u32, options: &Options, given: &[Given], errors: &mut Errors) {
    for Given { literal, upcast } in given {
        if upcast.from < version {
            continue;
        }
        let next = u64::from(upcast.from) + 1;
        errors.at(
            literal,
            match options.number("version") {
                Some(_) => format!(
                    "this leads to version {next}, and the event is of version {version}: write a lower version here, or \
                     `version = {next}`"
                ),
                None => format!("this leads to version {next}: say that the event is of it, `version = {next}`"),
            },
        );
    }
}

/// From every version before, there is an upcast.
fn check_complete(version: u32, options: &Options, given: &[Given], errors: &mut Errors) {
    let Some(literal) = options.number("version") else {
        return;
    };
    let is_missing = |from: &u32| !given.iter().any(|given| given.upcast.from == *from);
    let missing: Vec<_> = (1..version).filter(is_missing).take(4).collect();
    if let Some(first) = missing.first() {
        let all: Vec<_> = missing.iter().take(3).map(u32::to_string).collect();
        let more = if missing.len() > 3 { ", …" } else { "" };
        errors.at(
            literal,
            format!(
                "nothing leads from version {}{more} to the next, so events of it could not be read: add \
                 `upcast(from = {first}, with = path::to::function)`",
                all.join(", ")
            ),
        );
    }
}

/// In the order of the versions, each once.
fn sorted(mut given: Vec<Given>, errors: &mut Errors) -> Vec<Upcast> {
    given.sort_by_key(|given| given.upcast.from);
    for pair in given.windows(2) {
        if pair[0].upcast.from == pair[1].upcast.from {
            errors.at(
                &pair[1].literal,
                format!("version {} is upcast twice: keep one", pair[1].upcast.from),
            );
        }
    }
    given.into_iter().map(|given| given.upcast).collect()
}

/// What an event with upcasts says of them. Types are checked by the library's functions, at the paths.
pub(super) fn items(es: &TokenStream, version: u32, chain: &[Upcast]) -> Option<TokenStream> {
    let last = chain.last()?;
    let step = |Upcast { from, with }: &Upcast| {
        let span = with.span();
        let new = quote_spanned!(span=> #es::__private::step);
        quote!(#new(#from, #with))
    };
    let former = chain.iter().map(step);
    let steps = chain.iter().map(|upcast| {
        let (step, span) = (step(upcast), upcast.with.span());
        let after = quote_spanned!(span=> step.after(old, payload)?);
        quote!(let step = #step; let payload = #after;)
    });
    let end = quote_spanned!(last.with.to_token_stream().span()=> #es::__private::end::<_, Self>(payload));
    Some(quote! {
        const VERSION: u32 = #version;
        const FORMER: &'static [#es::__private::Former] = &[#(#former.former()),*];
        fn __upcast(
            old: &mut #es::__private::Old<'_, '_>,
        ) -> ::core::result::Result<Self, #es::__private::DecodeError> {
            let payload = #es::__private::beginning();
            #(#steps)*
            #end
        }
    })
}
