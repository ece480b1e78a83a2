//! The methods that are marked `#[subscribe_to]`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, Meta, ReceiverKind, ReturnType, Safety,
    Signature, Type,
};

use crate::errors::Errors;
use crate::{item, subscribe};

const FORMS: &str = "a handler takes itself and the event, and what it wants of the event's header, its position and the \
                     transaction: `(&self, event: &E, header: &EventHeader, at: RecordId, transaction: &mut T)`";

/// A method that handles events of one type.
pub(super) struct Handler {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) ident: Ident,
    /// The type that it subscribes to.
    pub(super) event: Type,
    /// The type of its argument for it.
    pub(super) argument: Type,
    pub(super) arguments: Vec<Argument>,
    pub(super) is_async: bool,
    /// Where its outcome stands.
    pub(super) outcome: Span,
}

/// What a handler is given, in its order.
#[derive(Clone)]
pub(super) enum Argument {
    Event(Type),
    Header,
    Position,
    Transaction(Type),
}

impl Handler {
    /// The type of its transaction, if it takes one.
    pub(super) fn transaction(&self) -> Option<&Type> {
        self.arguments.iter().find_map(|argument| match argument {
            Argument::Transaction(ty) => Some(ty),
            _ => None,
        })
    }
}

/// Takes the marks away, and answers with the methods that they stood above. One with a mistake is left out.
pub(super) fn take(item: &mut ItemImpl, errors: &mut Errors) -> Vec<Handler> {
    let methods = item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    });
    methods
        .filter_map(|method| {
            let marks = take_marks(&mut method.attrs);
            let (first, others) = marks.split_first()?;
            for other in others {
                errors.at(
                    other,
                    "a handler subscribes to events of one type: write a second method for these",
                );
            }
            of_method(method, first, errors)
        })
        .collect()
}

/// Takes the marks away, where nothing can be made of them.
pub(super) fn strip(item: &mut ItemImpl) {
    for item in &mut item.items {
        if let ImplItem::Fn(method) = item {
            take_marks(&mut method.attrs);
        }
    }
}

fn take_marks(attributes: &mut Vec<Attribute>) -> Vec<Attribute> {
    let (marks, kept) = std::mem::take(attributes)
        .into_iter()
        .partition(|attribute| item::is_named(attribute.path(), "subscribe_to"));
    *attributes = kept;
    marks
}

fn of_method(method: &ImplItemFn, mark: &Attribute, errors: &mut Errors) -> Option<Handler> {
    let before = errors.count();
    let event = event(mark, errors);
    check_signature(&method.sig, errors);
    let arguments = arguments(&method.sig, errors);
    let argument = arguments.iter().find_map(|argument| match argument {
        Argument::Event(ty) => Some(ty.clone()),
        _ => None,
    });
    if argument.is_none() && errors.count() == before {
        errors.at(&method.sig.ident, FORMS);
    }
    if errors.count() > before {
        return None;
    }
    Some(Handler {
        cfgs: item::with_path(&method.attrs, "cfg"),
        ident: method.sig.ident.clone(),
        event: event?,
        argument: argument?,
        arguments,
        is_async: method.sig.asyncness.is_some(),
        outcome: match &method.sig.output {
            ReturnType::Default => method.sig.ident.span(),
            ReturnType::Type(_, ty) => ty.span(),
        },
    })
}

/// The type between the parentheses of a mark.
fn event(mark: &Attribute, errors: &mut Errors) -> Option<Type> {
    let arguments = match &mark.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(value) => {
            errors.at(
                value,
                "`subscribe_to` is written `#[subscribe_to(SomethingHappened)]`",
            );
            return None;
        }
    };
    let (event, options) = subscribe::event(arguments, mark.path().span(), errors);
    if !options.is_empty() {
        errors.at(
            options,
            "inside a projection nothing stands behind the event: `crate = …` is an option of `#[projection]`",
        );
    }
    event
}

fn check_signature(signature: &Signature, errors: &mut Errors) {
    if !signature.generics.params.is_empty() {
        errors.at(
            &signature.generics,
            "a handler has no parameters of types or lifetimes, for it subscribes to one type: write concrete types",
        );
    }
    if let Safety::Unsafe(word) = &signature.safety {
        errors.at(
            word,
            "the library calls a handler, and cannot know when it is safe: remove `unsafe`",
        );
    }
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) => {
            if !matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) {
                errors.at(
                    receiver,
                    "a projection is shared: write `&self`, and keep what changes in the transaction",
                );
            }
        }
        _ => errors.at(
            &signature.ident,
            "a handler of a projection is a method: write `&self` before its arguments",
        ),
    }
}

fn arguments(signature: &Signature, errors: &mut Errors) -> Vec<Argument> {
    let types = signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(&*argument.ty),
            FnArg::Receiver(_) => None,
        });
    let mut arguments: Vec<Argument> = Vec::new();
    for ty in types {
        let Some(argument) = Argument::of(ty, errors) else {
            continue;
        };
        let same = std::mem::discriminant(&argument);
        if arguments
            .iter()
            .any(|other| std::mem::discriminant(other) == same)
        {
            errors.at(ty, FORMS);
        } else {
            arguments.push(argument);
        }
    }
    arguments
}

impl Argument {
    /// What an argument of a type is given.
    fn of(ty: &Type, errors: &mut Errors) -> Option<Self> {
        match item::ungrouped(ty) {
            header if subscribe::is_header(header) => Some(Self::Header),
            Type::Reference(reference) => {
                let inner = item::ungrouped(&reference.elem).clone();
                Some(if reference.mutability.is_some() {
                    Self::Transaction(inner)
                } else {
                    Self::Event(inner)
                })
            }
            Type::Path(path) if item::is_named(&path.path, "RecordId") => Some(Self::Position),
            other => {
                errors.at(
                    other,
                    "the event, its header and the transaction are borrowed: write `&` before the type, and `&mut` before that \
                     of the transaction",
                );
                None
            }
        }
    }
}
