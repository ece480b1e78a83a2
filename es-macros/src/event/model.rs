use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, ItemStruct, LitStr, Type};

use super::parse::Parsed;
use super::upcasts::{self, Upcast};
use crate::errors::Errors;
use crate::options::Options;
use crate::serde_attributes::{Serde, is_borrowed};
use crate::{item, names, topic};

/// What is decided of an event.
pub(super) struct Event {
    pub(super) es: TokenStream,
    pub(super) item: ItemStruct,
    /// The `cfg`s of the struct, which are those of all that belongs to it.
    pub(super) cfgs: Vec<Attribute>,
    pub(super) name: String,
    pub(super) was: Vec<LitStr>,
    pub(super) version: u32,
    pub(super) upcasts: Vec<Upcast>,
    pub(super) is_retired: bool,
    /// What it keeps, where it stands alone.
    pub(super) alone: Option<Vec<Ident>>,
    /// What the user derives below the macro.
    derived: Vec<String>,
    /// The types of fields that are stored as their types say.
    pub(super) stored: Vec<Stored>,
}

pub(super) struct Stored {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) ty: Type,
}

impl Event {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let (version, upcasts) = upcasts::chain(&parsed, errors);
        let Parsed { options, item, .. } = parsed;
        let derived = item::derives(&item.attrs)
            .iter()
            .map(ToString::to_string)
            .collect();
        Self {
            version,
            upcasts,
            is_retired: options.word("retired").is_some(),
            es: item::library(&options, errors),
            cfgs: item::with_path(&item.attrs, "cfg"),
            name: match options
                .text("name")
                .filter(|name| topic::fault(&name.value()).is_none())
            {
                Some(name) => name.value(),
                None => names::text(&item.ident),
            },
            was: options.texts("was").to_vec(),
            alone: options.word("alone").map(|_| alone(&options, errors)),
            stored: stored(&item),
            derived,
            item,
        }
    }

    /// The derives of the macro, less those of the user, and where serde is.
    pub(super) fn derives(&self) -> TokenStream {
        let es = &self.es;
        let all = [
            ("Clone", quote!(::core::clone::Clone)),
            ("Debug", quote!(::core::fmt::Debug)),
            ("PartialEq", quote!(::core::cmp::PartialEq)),
            ("Serialize", quote!(#es::__private::serde::Serialize)),
            ("Deserialize", quote!(#es::__private::serde::Deserialize)),
        ];
        let ours = all
            .into_iter()
            .filter(|(name, _)| !self.derives_itself(name));
        let paths: Vec<_> = ours.map(|(_, path)| path).collect();
        let serde = (!self.derives_itself("Serialize") || !self.derives_itself("Deserialize"))
            .then(|| {
                let path = item::serde_path(es);
                quote!(#[serde(crate = #path)])
            });
        quote!(#[derive(#(#paths),*)] #serde)
    }

    fn derives_itself(&self, name: &str) -> bool {
        self.derived.iter().any(|derived| derived == name)
    }
}

/// What an event that stands alone can keep: the methods of its kind.
const KEPT: [&str; 3] = ["versioned", "timestamped", "sealed"];

fn alone(options: &Options, errors: &mut Errors) -> Vec<Ident> {
    let mut kept: Vec<Ident> = Vec::new();
    for word in options.names("alone") {
        if !KEPT.iter().any(|known| word == known) {
            errors.at(
                word,
                format!(
                    "an event that stands alone keeps no `{word}`: write any of `alone(versioned, timestamped, sealed)`, or \
                     `alone`"
                ),
            );
        } else if kept.contains(word) {
            errors.at(word, format!("`{word}` is said twice: keep one"));
        } else {
            kept.push(word.clone());
        }
    }
    kept
}

fn stored(item: &ItemStruct) -> Vec<Stored> {
    if Serde::of(&item.attrs).is_converted() {
        return Vec::new();
    }
    let fields = item
        .fields
        .iter()
        .filter(|field| Serde::of(&field.attrs).keeps_form() && !is_borrowed(field));
    fields
        .map(|field| Stored {
            cfgs: item::with_path(&field.attrs, "cfg"),
            ty: field.ty.clone(),
        })
        .collect()
}
