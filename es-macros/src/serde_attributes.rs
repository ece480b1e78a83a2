//! The contents of `#[serde(…)]` attributes.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Field, Lit, LitStr, Meta, Token, Type};

use crate::types::{ends_with, ungrouped};
use crate::{attributes, library_path, names, rename_rule};

/// The options of all `#[serde(…)]` attributes of one item or field. An attribute that does not
/// parse is left out; serde reports it.
#[derive(Default)]
pub(crate) struct SerdeAttributes(Vec<Meta>);

/// Options that replace the `Serialize` or `Deserialize` of the field's type.
const SERIALIZERS: [&str; 3] = ["with", "serialize_with", "deserialize_with"];

/// Options that leave the value of a field out.
pub(crate) const SKIPS: [&str; 3] = ["skip", "skip_serializing", "skip_deserializing"];

impl SerdeAttributes {
    pub(crate) fn from_attributes(attributes: &[Attribute]) -> Self {
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        let attributes = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("serde"));
        let options = attributes.filter_map(|attribute| attribute.parse_args_with(parse).ok());
        Self(options.flatten().collect())
    }

    pub(crate) fn find(&self, word: &str) -> Option<&Meta> {
        self.0.iter().find(|option| option.path().is_ident(word))
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.find(word).is_some()
    }

    pub(crate) fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(word))
    }

    /// Returns all options.
    pub(crate) fn options(&self) -> &[Meta] {
        &self.0
    }

    /// Returns true if the value is stored by the `Serialize` and `Deserialize` of its type.
    pub(crate) fn uses_type_impls(&self) -> bool {
        !self.has_any(&SERIALIZERS) && !self.has_any(&SKIPS)
    }

    /// Returns true if the payload is stored as a value of another type.
    pub(crate) fn is_converted(&self) -> bool {
        self.has_any(&["from", "try_from", "into"])
    }

    /// Returns an attribute with the options that replace the type's `Serialize` or `Deserialize`.
    pub(crate) fn serializers(&self) -> Option<TokenStream> {
        self.subset(&SERIALIZERS)
    }

    /// Returns an attribute with the options of the given names.
    pub(crate) fn subset(&self, words: &[&str]) -> Option<TokenStream> {
        let is_listed = |option: &&Meta| words.iter().any(|word| option.path().is_ident(word));
        let options: Vec<_> = self.0.iter().filter(is_listed).collect();
        (!options.is_empty()).then(|| quote!(#[serde(#(#options),*)]))
    }

    /// Returns the name under which the field is written, if it is renamed.
    pub(crate) fn written_name(&self) -> Option<LitStr> {
        self.renaming("rename").written
    }

    /// Returns the type that the payload is converted to before it is stored, if there is one.
    pub(crate) fn conversion_type(&self) -> Option<String> {
        ["into", "from", "try_from"]
            .iter()
            .find_map(|word| text(self.find(word)?))
            .map(|other| other.value())
    }

    /// Returns the options that change the stored form of a value, as text to append to its type.
    pub(crate) fn serializer_text(&self) -> String {
        let flatten = self.has("flatten").then(|| ", flatten".to_owned());
        let option = |word: &&str| Some(format!(", {word} {}", text(self.find(word)?)?.value()));
        let serializers = SERIALIZERS.iter().filter_map(option);
        flatten.into_iter().chain(serializers).collect()
    }

    /// Returns the key under which a field is stored, if it is stored.
    pub(crate) fn stored_key(&self, container: &Self, field: &Field) -> Option<String> {
        let is_stored = !self.has_any(&["skip", "skip_serializing"]);
        is_stored
            .then(|| Key::from_field(container, self, field))?
            .map(|key| key.text)
    }

    /// Returns the other keys under which a field is read.
    pub(crate) fn aliases(&self) -> Vec<LitStr> {
        let aliases = self.0.iter().filter(|meta| meta.path().is_ident("alias"));
        aliases.filter_map(text).collect()
    }

    /// Returns true if an object without the field can be read.
    pub(crate) fn may_be_absent(&self, container: &Self, ty: &Type) -> bool {
        let has_value =
            self.has_any(&["default", "skip_deserializing"]) || container.has("default");
        has_value || is_option(ty) && !self.has_any(&["with", "deserialize_with"])
    }

    /// Returns the names that `rename` or `rename_all` gives, for writing and for reading.
    pub(crate) fn renaming(&self, word: &str) -> Renaming {
        match self.find(word) {
            Some(option @ Meta::NameValue(_)) => {
                let name = text(option);
                Renaming {
                    written: name.clone(),
                    read: name,
                }
            }
            Some(Meta::List(list)) => {
                let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
                let options = list.parse_args_with(parse).unwrap_or_default();
                let options = Self(options.into_iter().collect());
                Renaming {
                    written: options.find("serialize").and_then(text),
                    read: options.find("deserialize").and_then(text),
                }
            }
            _ => Renaming::default(),
        }
    }
}

/// The two names of a renamed field.
#[derive(Default)]
pub(crate) struct Renaming {
    pub(crate) written: Option<LitStr>,
    pub(crate) read: Option<LitStr>,
}

/// A key of a stored object, and the tokens that define it.
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) tokens: TokenStream,
    /// True if a `cfg` can leave the key out.
    pub(crate) is_conditional: bool,
}

impl Key {
    pub(crate) fn from_literal(literal: &LitStr) -> Self {
        Self {
            text: literal.value(),
            tokens: literal.into_token_stream(),
            is_conditional: false,
        }
    }

    /// Returns the key of a field with a name.
    pub(crate) fn from_field(
        container: &SerdeAttributes,
        serde: &SerdeAttributes,
        field: &Field,
    ) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let is_conditional = !attributes::named(&field.attrs, "cfg").is_empty();
        if let Some(literal) = serde.renaming("rename").written {
            return Some(Self {
                is_conditional,
                ..Self::from_literal(&literal)
            });
        }
        let name = names::text(ident);
        let rule = container.renaming("rename_all").written;
        Some(Self {
            text: match rule {
                Some(rule) => rename_rule::renamed(&rule.value(), &name),
                None => name,
            },
            tokens: ident.to_token_stream(),
            is_conditional,
        })
    }
}

/// Returns the string literal of `name = "…"`.
pub(crate) fn text(option: &Meta) -> Option<LitStr> {
    match option {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Returns true if the type is an `Option`, which serde reads as `None` if the field is absent.
pub(crate) fn is_option(ty: &Type) -> bool {
    matches!(ungrouped(ty), Type::Path(path) if ends_with(&path.path, "Option"))
}

/// Returns true if the field has a reference type, which cannot be deserialised from a store.
pub(crate) fn is_borrowed(field: &Field) -> bool {
    matches!(ungrouped(&field.ty), Type::Reference(_))
        && SerdeAttributes::from_attributes(&field.attrs).uses_type_impls()
}

/// Returns an attribute for a field with a reference type. We report such a field; the attribute
/// keeps serde from reporting it as well.
pub(crate) fn borrowed_placeholder(es: &TokenStream, field: &Field) -> Option<TokenStream> {
    let path = format!("{}::never", library_path::private_path(es));
    is_borrowed(field).then(|| quote!(#[serde(skip_deserializing, default = #path)]))
}
