//! The model of an event: all decisions that the expansion needs.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, ItemStruct, LitStr, Type};

use super::parse::Parsed;
use super::upcasts::{self, Upcast};
use crate::errors::Errors;
use crate::options::Options;
use crate::serde_attributes::{SerdeAttributes, is_borrowed};
use crate::{attributes, library_path, names, topic};

/// The model of an annotated struct.
pub(super) struct Event {
    /// The path of the library.
    pub(super) es: TokenStream,
    pub(super) item: ItemStruct,
    /// The `cfg` attributes of the struct. Every generated item has them too.
    pub(super) cfgs: Vec<Attribute>,
    /// The stored name.
    pub(super) name: String,
    /// Previous stored names.
    pub(super) was: Vec<LitStr>,
    pub(super) version: u32,
    pub(super) upcasts: Vec<Upcast>,
    pub(super) is_retired: bool,
    /// True if an event is read back and compared when it is triggered.
    pub(super) is_round_trip_checked: bool,
    /// The properties of a standalone event: methods of `EntityKind`. None if the event cannot
    /// stand alone.
    pub(super) standalone: Option<Vec<Ident>>,
    /// The traits that the user derives.
    derived: Vec<String>,
    pub(super) stored_types: Vec<StoredType>,
}

/// The type of a field that is stored by the `Serialize` and `Deserialize` of its type.
pub(super) struct StoredType {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) ty: Type,
}

impl Event {
    pub(super) fn new(parsed: Parsed, errors: &mut Errors) -> Self {
        let (version, upcasts) = upcasts::chain(&parsed, errors);
        let Parsed { options, item, .. } = parsed;
        Self {
            version,
            upcasts,
            is_retired: options.keyword("retired").is_some(),
            is_round_trip_checked: options.is_on(
                "round_trip",
                "the check of the round trip is",
                errors,
            ),
            es: library_path::from_options(&options, errors),
            cfgs: attributes::named(&item.attrs, "cfg"),
            name: name(&options, &item),
            was: options.texts("was").to_vec(),
            standalone: options
                .keyword("standalone")
                .map(|_| standalone_properties(&options, errors)),
            stored_types: stored_types(&item),
            derived: attributes::derived_traits(&item.attrs)
                .iter()
                .map(ToString::to_string)
                .collect(),
            item,
        }
    }

    /// The derives of the macro without those of the user, and the path of serde.
    pub(super) fn derives(&self) -> TokenStream {
        let es = &self.es;
        let all = [
            ("Clone", quote!(::core::clone::Clone)),
            ("Debug", quote!(::core::fmt::Debug)),
            ("PartialEq", quote!(::core::cmp::PartialEq)),
            ("Serialize", quote!(#es::__private::serde::Serialize)),
            ("Deserialize", quote!(#es::__private::serde::Deserialize)),
        ];
        let missing = all
            .into_iter()
            .filter(|(name, _)| !self.is_derived_by_user(name));
        let paths: Vec<_> = missing.map(|(_, path)| path).collect();
        let uses_serde =
            !self.is_derived_by_user("Serialize") || !self.is_derived_by_user("Deserialize");
        let serde = uses_serde.then(|| {
            let path = library_path::serde_path(es);
            quote!(#[serde(crate = #path)])
        });
        quote!(#[derive(#(#paths),*)] #serde)
    }

    fn is_derived_by_user(&self, name: &str) -> bool {
        self.derived.iter().any(|derived| derived == name)
    }
}

/// Returns the stored name. An invalid name is already reported, and the name of the struct stands
/// in for it.
fn name(options: &Options, item: &ItemStruct) -> String {
    let name = options.text("name").map(LitStr::value);
    name.filter(|name| topic::fault(name).is_none())
        .unwrap_or_else(|| names::text(&item.ident))
}

/// The values of the option `standalone`: methods of `EntityKind`.
const PROPERTIES: [&str; 3] = ["versioned", "timestamped", "sealed"];

fn standalone_properties(options: &Options, errors: &mut Errors) -> Vec<Ident> {
    let mut properties: Vec<Ident> = Vec::new();
    for word in options.names("standalone") {
        if !PROPERTIES.iter().any(|known| word == known) {
            errors.at(
                word,
                format!(
                    "`standalone` does not accept `{word}`: use any of `versioned`, `timestamped` \
                     and `sealed`"
                ),
            );
        } else if properties.contains(word) {
            errors.at(word, format!("`{word}` is repeated: remove one"));
        } else {
            properties.push(word.clone());
        }
    }
    properties
}

fn stored_types(item: &ItemStruct) -> Vec<StoredType> {
    if SerdeAttributes::from_attributes(&item.attrs).is_converted() {
        return Vec::new();
    }
    let fields = item.fields.iter().filter(|field| {
        SerdeAttributes::from_attributes(&field.attrs).uses_type_impls() && !is_borrowed(field)
    });
    fields
        .map(|field| StoredType {
            cfgs: attributes::named(&field.attrs, "cfg"),
            ty: field.ty.clone(),
        })
        .collect()
}
