//! Checks of a handler's signature.

use syn::{FnArg, ItemFn, Safety, Signature, Type};

use super::model::is_header;
use super::parse::Parsed;
use crate::errors::Errors;
use crate::types::{ends_with, ungrouped};

const SIGNATURES: &str = "invalid arguments of a handler: write `(event: &E)`, `(header: \
                          &EventHeader, event: &E)`, `(state: &S, event: &E)` or `(state: &S, \
                          header: &EventHeader, event: &E)`";

pub(super) fn check(parsed: &Parsed, errors: &mut Errors) {
    check_single(&parsed.item, errors);
    check_signature(&parsed.item.sig, errors);
    check_arguments(&parsed.item.sig, errors);
}

fn check_single(item: &ItemFn, errors: &mut Errors) {
    for attribute in &item.attrs {
        if ends_with(attribute.path(), "subscribe_to") {
            errors.at(
                attribute,
                "a handler subscribes to one event type: write a second function for this one",
            );
        }
    }
}

/// Reports signatures that generated code cannot call.
pub(crate) fn check_signature(signature: &Signature, errors: &mut Errors) {
    if !signature.generics.params.is_empty() {
        errors.at(
            &signature.generics,
            "a handler cannot be generic, because it subscribes to one event type: use concrete \
             types",
        );
    }
    if let Safety::Unsafe(keyword) = &signature.safety {
        errors.at(
            keyword,
            "a handler cannot be `unsafe`, because the library calls it: remove `unsafe`",
        );
    }
}

fn check_arguments(signature: &Signature, errors: &mut Errors) {
    if let Some(FnArg::Receiver(receiver)) = signature.inputs.first() {
        errors.at(
            receiver,
            "a handler with `self` needs a projection: add `#[projection(aggregates(…))]` to its \
             `impl`; for a bus, write a function outside the `impl` that takes `state: &S`",
        );
        return;
    }
    let count = signature.inputs.len();
    if count == 0 {
        errors.at(&signature.ident, SIGNATURES);
        return;
    }
    for argument in signature.inputs.iter().skip(3) {
        errors.at(argument, SIGNATURES);
    }
    let types: Vec<_> = signature
        .inputs
        .iter()
        .take(3)
        .filter_map(argument_type)
        .collect();
    for (index, argument) in types.iter().enumerate() {
        let is_event = index + 1 == types.len();
        check_borrowed(argument, is_event, errors);
        if index == 1 && !is_event && !is_header(argument) {
            errors.at(argument, SIGNATURES);
        }
    }
}

fn check_borrowed(argument: &Type, is_event: bool, errors: &mut Errors) {
    match ungrouped(argument) {
        Type::Reference(reference) => {
            if let Some(keyword) = &reference.mutability {
                errors.at(
                    keyword,
                    if is_event {
                        "an event is immutable: remove `mut`"
                    } else {
                        "handlers may run concurrently: remove `mut`, and use a `Mutex` in the \
                         state"
                    },
                );
            }
        }
        other => errors.at(
            other,
            "the arguments of a handler must be references: write `&` before the type",
        ),
    }
}

/// Returns the type of an argument other than `self`.
pub(super) fn argument_type(argument: &FnArg) -> Option<&Type> {
    match argument {
        FnArg::Typed(argument) => Some(&argument.ty),
        FnArg::Receiver(_) => None,
    }
}
