//! The path of the library in expansions: `::es`, or the value of the option `crate = path`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::errors::Errors;
use crate::options::Options;

/// Returns the path that expansions start with.
pub(crate) fn from_options(options: &Options, errors: &mut Errors) -> TokenStream {
    let Some(path) = options.path("crate") else {
        return quote!(::es);
    };
    // serde takes the path as text, and `$crate` cannot be written as text.
    if path
        .segments
        .iter()
        .any(|segment| segment.ident == "$crate")
    {
        errors.at(
            path,
            "`$crate` is not supported here: write the full path of the library, such as `crate = \
             ::es`",
        );
        return quote!(::es);
    }
    path.to_token_stream()
}

/// Returns the path of the module for expansions as text, the form in which serde's options take
/// paths.
pub(crate) fn private_path(es: &TokenStream) -> String {
    let tokens = es.clone().into_iter();
    let path: String = tokens.map(|token| token.to_string()).collect();
    format!("{path}::__private")
}

/// Returns the path of serde as text, for `#[serde(crate = "…")]`.
pub(crate) fn serde_path(es: &TokenStream) -> String {
    format!("{}::serde", private_path(es))
}
