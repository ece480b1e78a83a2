//! The handlers of a projection: methods with `#[subscribe_to]`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, Meta, ReceiverKind, ReturnType, Signature,
    Type,
};

use crate::errors::Errors;
use crate::types::{ends_with, ungrouped};
use crate::{attributes, subscribe};

const SIGNATURES: &str = "invalid arguments of a handler: write `&self`, then `event: &E` and any \
                          of `header: &EventHeader`, `at: RecordId` and `transaction: &mut T`";

/// A method that handles events of one type.
pub(super) struct Handler {
    pub(super) cfgs: Vec<Attribute>,
    pub(super) ident: Ident,
    /// The event type of the annotation.
    pub(super) event: Type,
    /// The type of the argument `event`.
    pub(super) argument: Type,
    pub(super) arguments: Vec<Argument>,
    pub(super) is_async: bool,
    /// The span of the return type, or of the name if there is none.
    pub(super) return_span: Span,
}

/// An argument of a handler.
#[derive(Clone)]
pub(super) enum Argument {
    Event(Type),
    Header,
    RecordId,
    Transaction(Type),
}

impl Handler {
    /// Parses a method. Returns `None`, and reports the error, if it has one.
    fn new(method: &ImplItemFn, mark: &Attribute, errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        let event = subscribed_event(mark, errors);
        subscribe::check_signature(&method.sig, errors);
        check_receiver(&method.sig, errors);
        let arguments = arguments(&method.sig, errors);
        let argument = arguments.iter().find_map(|argument| match argument {
            Argument::Event(ty) => Some(ty.clone()),
            _ => None,
        });
        if argument.is_none() && errors.count() == before {
            errors.at(&method.sig.ident, SIGNATURES);
        }
        if errors.count() > before {
            return None;
        }
        Some(Self {
            cfgs: attributes::named(&method.attrs, "cfg"),
            ident: method.sig.ident.clone(),
            event: event?,
            argument: argument?,
            arguments,
            is_async: method.sig.asyncness.is_some(),
            return_span: match &method.sig.output {
                ReturnType::Default => method.sig.ident.span(),
                ReturnType::Type(_, ty) => ty.span(),
            },
        })
    }

    /// Returns the type of the transaction, if the handler takes it.
    pub(super) fn transaction(&self) -> Option<&Type> {
        self.arguments.iter().find_map(|argument| match argument {
            Argument::Transaction(ty) => Some(ty),
            _ => None,
        })
    }
}

/// Removes `#[subscribe_to]` from the methods, and returns the handlers. A handler with an error is
/// left out.
pub(super) fn take_all(item: &mut ItemImpl, errors: &mut Errors) -> Vec<Handler> {
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
                    "a handler subscribes to one event type: write a second method for this one",
                );
            }
            Handler::new(method, first, errors)
        })
        .collect()
}

/// Removes `#[subscribe_to]` from the methods of an `impl` that is not a projection.
pub(super) fn strip_marks(item: &mut ItemImpl) {
    for item in &mut item.items {
        if let ImplItem::Fn(method) = item {
            take_marks(&mut method.attrs);
        }
    }
}

fn take_marks(attributes: &mut Vec<Attribute>) -> Vec<Attribute> {
    let (marks, kept) = std::mem::take(attributes)
        .into_iter()
        .partition(|attribute| ends_with(attribute.path(), "subscribe_to"));
    *attributes = kept;
    marks
}

/// Returns the type between the parentheses of `#[subscribe_to(…)]`.
fn subscribed_event(mark: &Attribute, errors: &mut Errors) -> Option<Type> {
    let arguments = match &mark.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(value) => {
            errors.at(
                value,
                "the event type must be in parentheses: write `#[subscribe_to(SomethingHappened)]`",
            );
            return None;
        }
    };
    let (event, options) = subscribe::parse_event(arguments, mark.path().span(), errors);
    if !options.is_empty() {
        errors.at(
            options,
            "inside a projection `#[subscribe_to]` has no options: write `crate = …` in \
             `#[projection(…)]`",
        );
    }
    event
}

/// Reports a method without `&self`.
fn check_receiver(signature: &Signature, errors: &mut Errors) {
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) => {
            if !matches!(receiver.kind, ReceiverKind::Reference(_, _, None)) {
                errors.at(
                    receiver,
                    "a projection is shared between tasks: write `&self`, and keep state in the \
                     read model",
                );
            }
        }
        _ => errors.at(
            &signature.ident,
            "a handler of a projection must be a method: add `&self` as the first argument",
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
        let Some(argument) = Argument::from_type(ty, errors) else {
            continue;
        };
        let kind = std::mem::discriminant(&argument);
        if arguments
            .iter()
            .any(|other| std::mem::discriminant(other) == kind)
        {
            errors.at(ty, SIGNATURES);
        } else {
            arguments.push(argument);
        }
    }
    arguments
}

impl Argument {
    /// Recognizes an argument by its type. Any other type is reported.
    fn from_type(ty: &Type, errors: &mut Errors) -> Option<Self> {
        match ungrouped(ty) {
            header if subscribe::is_header(header) => Some(Self::Header),
            Type::Reference(reference) => {
                let inner = ungrouped(&reference.elem).clone();
                Some(if reference.mutability.is_some() {
                    Self::Transaction(inner)
                } else {
                    Self::Event(inner)
                })
            }
            Type::Path(path) if ends_with(&path.path, "RecordId") => Some(Self::RecordId),
            other => {
                errors.at(
                    other,
                    "this argument must be a reference: write `&` before the type of the event or \
                     its header, and `&mut` before the type of the transaction",
                );
                None
            }
        }
    }
}
