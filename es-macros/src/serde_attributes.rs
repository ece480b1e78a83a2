//! What serde's attributes mean for a stored payload: the keys it has, and whether it can be read back.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, ExprLit, Field, Fields, Ident, ItemStruct, Lit, LitStr, Meta, Token, Type,
};

use crate::errors::Errors;
use crate::{item, keys, names};

/// The contents of all `#[serde(…)]` of one place. What cannot be parsed is left to serde, which reports it.
#[derive(Default)]
pub(crate) struct Serde(Vec<Meta>);

/// Attributes by which a field is stored in a form of its own.
const FORMS: [&str; 3] = ["with", "serialize_with", "deserialize_with"];

impl Serde {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        let attributes = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("serde"));
        let metas = attributes.filter_map(|attribute| attribute.parse_args_with(parse).ok());
        Self(metas.flatten().collect())
    }

    pub(crate) fn find(&self, word: &str) -> Option<&Meta> {
        self.0.iter().find(|meta| meta.path().is_ident(word))
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.find(word).is_some()
    }

    fn has_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(word))
    }

    /// Whether the value is stored by the functions of its type.
    pub(crate) fn keeps_form(&self) -> bool {
        !self.has_any(&FORMS) && !self.has_any(&["skip", "skip_serializing", "skip_deserializing"])
    }

    /// Whether the payload is stored as another type is.
    pub(crate) fn is_converted(&self) -> bool {
        self.has_any(&["from", "try_from", "into"])
    }

    /// Those that say in which form a value is stored.
    pub(crate) fn forms(&self) -> Option<TokenStream> {
        self.only(&FORMS)
    }

    /// Those with one of these words.
    pub(crate) fn only(&self, words: &[&str]) -> Option<TokenStream> {
        let is_one = |meta: &&Meta| words.iter().any(|word| meta.path().is_ident(word));
        let metas: Vec<_> = self.0.iter().filter(is_one).collect();
        (!metas.is_empty()).then(|| quote!(#[serde(#(#metas),*)]))
    }

    pub(crate) fn metas(&self) -> &[Meta] {
        &self.0
    }

    /// The name under which it is written, if it is another than its own.
    pub(crate) fn renamed(&self) -> Option<LitStr> {
        self.renaming("rename").written
    }

    /// The type that the payload is stored as, where it is another's.
    pub(crate) fn conversion(&self) -> Option<String> {
        let words = ["into", "from", "try_from"];
        words
            .iter()
            .find_map(|word| text(self.find(word)?))
            .map(|other| other.value())
    }

    /// In which form a value is stored, to stand behind its type.
    pub(crate) fn form_text(&self) -> String {
        let flattened = self.has("flatten").then(|| ", flatten".to_owned());
        let form = |word: &&str| Some(format!(", {word} {}", text(self.find(word)?)?.value()));
        let forms = FORMS.iter().filter_map(form);
        flattened.into_iter().chain(forms).collect()
    }

    /// The key that a field is stored under, where it is stored.
    pub(crate) fn stored_key(&self, container: &Self, field: &Field) -> Option<String> {
        let is_stored = !self.has_any(&["skip", "skip_serializing"]);
        let ident = field.ident.as_ref().filter(|_| is_stored)?;
        Some(key(container, self, ident, field).text)
    }

    /// Other keys under which a field is found.
    pub(crate) fn aliases(&self) -> Vec<LitStr> {
        let aliases = self.0.iter().filter(|meta| meta.path().is_ident("alias"));
        aliases.filter_map(text).collect()
    }

    /// Whether a text without the field can be read.
    pub(crate) fn may_be_absent(&self, container: &Self, ty: &Type) -> bool {
        let is_filled =
            self.has_any(&["default", "skip_deserializing"]) || container.has("default");
        is_filled || is_option(ty) && !self.has_any(&["with", "deserialize_with"])
    }

    /// The new names that a renaming gives: for writing and for reading.
    fn renaming(&self, word: &str) -> Renaming {
        let mut renaming = Renaming::default();
        match self.find(word) {
            Some(meta @ Meta::NameValue(_)) => {
                renaming.written = text(meta);
                renaming.read.clone_from(&renaming.written);
            }
            Some(Meta::List(list)) => {
                let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
                let metas = Self(
                    list.parse_args_with(parse)
                        .unwrap_or_default()
                        .into_iter()
                        .collect(),
                );
                renaming.written = metas.find("serialize").and_then(text);
                renaming.read = metas.find("deserialize").and_then(text);
            }
            _ => {}
        }
        renaming
    }
}

#[derive(Default)]
struct Renaming {
    written: Option<LitStr>,
    read: Option<LitStr>,
}

fn text(meta: &Meta) -> Option<LitStr> {
    match meta {
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

/// A key of a stored object, and the tokens that made it.
struct Key {
    text: String,
    tokens: TokenStream,
    is_conditional: bool,
}

/// Checks an event.
pub(crate) fn check_payload(item: &mut ItemStruct, errors: &mut Errors) {
    check_container(&mut item.attrs, errors);
    let container = Serde::of(&item.attrs);
    if !container.is_converted() {
        check_unknown(&container, &item.fields, errors);
        check_fields(&container, &item.fields, errors);
    }
}

/// Checks the fields of a payload: that its keys are free and differ, and that what is written can be read.
pub(crate) fn check_fields<'a>(
    container: &Serde,
    fields: impl IntoIterator<Item = &'a Field>,
    errors: &mut Errors,
) {
    let mut keys = Keys::default();
    if let Some(tag) = container.find("tag").and_then(text) {
        keys.add(Key::of_literal(&tag), errors);
    }
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        let serde = Serde::of(&field.attrs);
        check_owned(field, errors);
        check_readable(container, &serde, field, errors);
        if !serde.has_any(&["skip", "skip_serializing", "flatten"]) {
            keys.add(key(container, &serde, ident, field), errors);
        }
    }
}

/// The keys of one object.
#[derive(Default)]
struct Keys(Vec<Key>);

impl Keys {
    fn add(&mut self, key: Key, errors: &mut Errors) {
        let Key {
            text,
            tokens,
            is_conditional,
        } = &key;
        if let Some(fault) = keys::fault(text) {
            errors.at(
                tokens,
                format!("the key `{text}` is taken, {fault}: choose another name, or `#[serde(rename = \"…\")]`"),
            );
            return;
        }
        let is_twin =
            |other: &Key| other.text == *text && !(other.is_conditional && *is_conditional);
        if self.0.iter().any(is_twin) {
            errors.at(
                tokens,
                format!("two values are stored under the key `{text}`: rename one"),
            );
        }
        self.0.push(key);
    }
}

impl Key {
    fn of_literal(literal: &LitStr) -> Self {
        Self {
            text: literal.value(),
            tokens: literal.into_token_stream(),
            is_conditional: false,
        }
    }
}

fn key(container: &Serde, serde: &Serde, ident: &Ident, field: &Field) -> Key {
    let is_conditional = !item::with_path(&field.attrs, "cfg").is_empty();
    if let Some(literal) = serde.renaming("rename").written {
        return Key {
            is_conditional,
            ..Key::of_literal(&literal)
        };
    }
    let name = names::text(ident);
    let rule = container.renaming("rename_all").written;
    let text = rule.map_or_else(|| name.clone(), |rule| keys::renamed(&rule.value(), &name));
    Key {
        text,
        tokens: ident.to_token_stream(),
        is_conditional,
    }
}

/// Whether a field's value cannot own what it holds, and so cannot come back from a store.
pub(crate) fn is_borrowed(field: &Field) -> bool {
    matches!(item::ungrouped(&field.ty), Type::Reference(_)) && Serde::of(&field.attrs).keeps_form()
}

/// What such a field gets, so that serde does not report it again in its own words.
pub(crate) fn unread(es: &TokenStream, field: &Field) -> Option<TokenStream> {
    let path = format!("{}::never", item::private_path(es));
    is_borrowed(field).then(|| quote!(#[serde(skip_deserializing, default = #path)]))
}

pub(crate) fn check_owned(field: &Field, errors: &mut Errors) {
    if is_borrowed(field) {
        errors.at(
            &field.ty,
            "a stored value comes back from a store and owns what it holds: write an owned type, such as `String`",
        );
    }
}

/// What is written must be readable, or an event is lost.
fn check_readable(container: &Serde, serde: &Serde, field: &Field, errors: &mut Errors) {
    let has_default = serde.has("default") || container.has("default");
    let skips = serde
        .find("skip_serializing_if")
        .or_else(|| serde.find("skip_serializing"));
    if let Some(meta) = skips.filter(|_| !has_default && !serde.has("skip_deserializing")) {
        let may_be_absent = is_option(&field.ty)
            && !serde.has_any(&["with", "deserialize_with"])
            && meta.path().is_ident("skip_serializing_if");
        if !may_be_absent {
            errors.at(
                meta,
                "an event stored without this field cannot be read again: add `#[serde(default)]`",
            );
        }
    }
    check_renaming(&serde.renaming("rename"), serde.has("alias"), errors);
}

/// Checks that a renaming is the same both ways.
fn check_renaming(renaming: &Renaming, has_alias: bool, errors: &mut Errors) {
    let value = |text: &Option<LitStr>| text.as_ref().map(LitStr::value);
    let one_way = value(&renaming.written) != value(&renaming.read);
    let literal = renaming.written.as_ref().or(renaming.read.as_ref());
    if let Some(literal) = literal.filter(|_| one_way && !has_alias) {
        errors.at(
            literal,
            "the field is written under one key and read under another, so its events are lost: use one name, or \
             `alias` for the old one",
        );
    }
}

/// What cannot be said of a whole payload, and why.
const REFUSED: [(&str, &str); 4] = [
    ("crate", "`#[event]` tells serde where it is: remove this"),
    (
        "remote",
        "an event is stored as it is, not as another type's stand-in: remove this",
    ),
    (
        "transparent",
        "a payload is stored as an object, and `transparent` hides it: remove this",
    ),
    (
        "untagged",
        "only enums can be untagged, and an event is a struct: remove this",
    ),
];

/// Checks what is said of a whole payload, and takes away what cannot be.
fn check_container(attributes: &mut [Attribute], errors: &mut Errors) {
    for attribute in attributes
        .iter_mut()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        let Serde(mut metas) = Serde::of(std::slice::from_ref(attribute));
        let given = metas.len();
        metas.retain(|meta| {
            let refused = REFUSED.iter().find(|(word, _)| meta.path().is_ident(word));
            if let Some((_, message)) = refused {
                errors.at(meta, message);
            }
            refused.is_none()
        });
        if metas.len() < given {
            *attribute = syn::parse_quote!(#[serde(#(#metas),*)]);
        }
    }
    check_renaming(&Serde::of(attributes).renaming("rename_all"), false, errors);
}

/// serde writes a tag, or fields of a flattened one, and takes them for unknown when it reads.
fn check_unknown(container: &Serde, fields: &Fields, errors: &mut Errors) {
    let Some(meta) = container.find("deny_unknown_fields") else {
        return;
    };
    let flattens = fields
        .iter()
        .any(|field| Serde::of(&field.attrs).has("flatten"));
    for (other, _) in [("tag", container.has("tag")), ("flatten", flattens)]
        .iter()
        .filter(|(_, is)| *is)
    {
        errors.at(
            meta,
            format!("with `{other}` this refuses what was written, so the event is lost: remove one of the two"),
        );
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(item::ungrouped(ty), Type::Path(path) if item::is_named(&path.path, "Option"))
}
