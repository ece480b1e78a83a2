use syn::{FnArg, ItemFn, Safety, Signature, Type};

use super::model::is_header;
use super::parse::Parsed;
use crate::errors::Errors;
use crate::item;

const FORMS: &str = "a handler takes the event, and before it what it wants of a state of its own and the event's header: \
                     `(event: &E)`, `(header: &EventHeader, event: &E)`, `(state: &S, event: &E)` or \
                     `(state: &S, header: &EventHeader, event: &E)`";

pub(super) fn check(parsed: &Parsed, errors: &mut Errors) {
    check_single(&parsed.item, errors);
    check_signature(&parsed.item.sig, errors);
    check_arguments(&parsed.item.sig, errors);
}

fn check_single(item: &ItemFn, errors: &mut Errors) {
    for attribute in &item.attrs {
        if item::is_named(attribute.path(), "subscribe_to") {
            errors.at(
                attribute,
                "a handler subscribes to events of one type: write a second function for these",
            );
        }
    }
}

/// It is called by the library, which knows its event alone.
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
}

fn check_arguments(signature: &Signature, errors: &mut Errors) {
    if let Some(FnArg::Receiver(receiver)) = signature.inputs.first() {
        errors.at(
            receiver,
            "a handler with `self` belongs to a projection: put `#[projection(aggregates(…))]` on its `impl`; for the bus, move it \
             out of the `impl`, and take what it needs as `state: &S`",
        );
        return;
    }
    let count = signature.inputs.len();
    if count == 0 {
        errors.at(&signature.ident, FORMS);
        return;
    }
    for argument in signature.inputs.iter().skip(3) {
        errors.at(argument, FORMS);
    }
    let types: Vec<_> = signature.inputs.iter().take(3).filter_map(ty).collect();
    for (at, argument) in types.iter().enumerate() {
        let is_event = at + 1 == types.len();
        check_borrowed(argument, is_event, errors);
        if at == 1 && !is_event && !is_header(argument) {
            errors.at(argument, FORMS);
        }
    }
}

fn check_borrowed(argument: &Type, is_event: bool, errors: &mut Errors) {
    match item::ungrouped(argument) {
        Type::Reference(reference) => {
            if let Some(word) = &reference.mutability {
                errors.at(
                    word,
                    if is_event {
                        "an event never changes: remove `mut`"
                    } else {
                        "events may be handled at the same time: remove `mut`, and keep what changes in a `Mutex`"
                    },
                );
            }
        }
        other => errors.at(
            other,
            "the arguments of a handler are borrowed: write `&` before the type",
        ),
    }
}

pub(super) fn ty(argument: &FnArg) -> Option<&Type> {
    match argument {
        FnArg::Typed(argument) => Some(&argument.ty),
        FnArg::Receiver(_) => None,
    }
}
