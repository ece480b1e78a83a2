//! Token fuzzing: no annotation makes a macro panic. Each token of valid annotations is removed,
//! doubled and replaced.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use crate::aggregate::MacroName;

/// Returns all streams that differ from the given one by one token, at any depth.
fn mutations(tokens: &TokenStream) -> Vec<TokenStream> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut out = Vec::new();
    for at in 0..all.len() {
        let with = |middle: TokenStream| {
            let (before, after) = (&all[..at], &all[at + 1..]);
            quote!(#(#before)* #middle #(#after)*)
        };
        let token = &all[at];
        let others = [
            quote!(),
            quote!(#token #token),
            quote!(,),
            quote!(=),
            quote!(self),
            quote!("text"),
            quote!(<),
        ];
        out.extend(others.map(&with));
        if let TokenTree::Group(group) = token {
            let regroup = |inner| TokenTree::from(Group::new(group.delimiter(), inner));
            out.extend(mutations(&group.stream()).into_iter().map(|inner| {
                let group = regroup(inner);
                with(quote!(#group))
            }));
        }
    }
    out
}

#[test]
fn no_aggregate_makes_the_macro_panic() {
    let arguments = quote! {
        versioned, timestamped, integrity = off, snapshot, events(A, b::B, #[cfg(x)] C), topic = "worlds#World", base = "base", was("old", "older"), crate = path::to::es
    };
    let item = quote! {
        /// Documentation.
        #[derive(Debug, Clone)]
        #[cfg(x)]
        pub(crate) struct World<T: Copy> where T: Send {
            #[attribute(name = "n", setter = s, getter = g, skip(setter, getter), default)]
            #[serde(with = "w", rename = "r")]
            ruler: String,
            #[created]
            #[cfg(y)]
            r#type: Vec<u8>,
            pub history: Option<&'static [T; 3]>,
        }
    };
    for changed in mutations(&arguments) {
        crate::aggregate::expand(
            MacroName::Entity,
            changed,
            quote!(
                struct World {
                    #[attribute]
                    a: String,
                }
            ),
        );
    }
    for changed in mutations(&item) {
        crate::aggregate::expand(MacroName::Entity, arguments.clone(), changed);
    }
}

#[test]
fn no_event_makes_the_macro_panic() {
    let arguments = quote! {
        name = "a#B", was("old", "older"), version = 3, upcast(from = 1, with = a::b), upcast(from = 2, with = c), retired,
        standalone(versioned, sealed), crate = path::to::es
    };
    let item = quote! {
        #[derive(Debug, Clone)]
        #[serde(rename_all = "camelCase", tag = "kind", rename_all(serialize = "x"))]
        pub struct Happened<T> where T: Send {
            #[serde(rename(serialize = "a", deserialize = "b"), skip_serializing_if = "p", default, flatten)]
            pub what: &'static str,
            why: (u8, T),
        }
    };
    for changed in mutations(&arguments) {
        crate::event::expand(
            changed,
            quote!(
                struct Happened {
                    a: String,
                }
            ),
        );
    }
    for changed in mutations(&item) {
        crate::event::expand(arguments.clone(), changed);
    }
}

#[test]
fn no_handler_makes_the_macro_panic() {
    let arguments = quote!(events::Happened, crate = path::to::es);
    let item = quote! {
        #[cfg(x)]
        pub(crate) async unsafe fn handle<T>(state: &mut State, header: &es::EventHeader, event: &Happened, more: u8) -> Result<(), E> {}
    };
    for changed in mutations(&arguments) {
        crate::subscribe::expand(
            changed,
            quote!(
                fn handle(event: &Happened) {}
            ),
        );
    }
    for changed in mutations(&item) {
        crate::subscribe::expand(arguments.clone(), changed);
    }
}

#[test]
fn no_projection_makes_the_macro_panic() {
    let arguments = quote!(
        aggregates(Account, money::Transfer),
        name = "balances",
        ignore_others,
        crate = path::to::es
    );
    let item = quote! {
        #[cfg(x)]
        impl<T> Drop for Balances<T> where T: Send {
            const N: u8 = 1;
            #[subscribe_to(money::Deposited, crate = x)]
            #[cfg(y)]
            pub(crate) async unsafe fn handle<T>(&mut self, header: &es::EventHeader, at: RecordId, event: &Happened, rows: &mut Rows) -> Result<(), E> {}
        }
    };
    for changed in mutations(&arguments) {
        crate::projection::expand(
            changed,
            quote!(
                impl Balances {
                    #[subscribe_to(Deposited)]
                    fn handle(&self, event: &Deposited) {}
                }
            ),
        );
    }
    for changed in mutations(&item) {
        crate::projection::expand(arguments.clone(), changed);
    }
}

#[test]
fn the_expansion_of_any_item_contains_the_item() {
    let items = [
        quote!(),
        quote!(
            enum E {
                A,
            }
        ),
        quote!(
            enum E<T> {
                A(T),
            }
        ),
        quote!(union U { a: u8 }),
        quote!(
            fn f() {}
        ),
        quote!(
            trait T {}
        ),
        quote!(impl T for U {}),
        quote!(
            type T = U;
        ),
        quote!(
            mod m {}
        ),
        quote!(
            const C: u8 = 1;
        ),
        quote!(
            use a::b;
        ),
        quote!(
            macro_rules! m {
                () => {};
            }
        ),
        quote!(
            struct S(u8);
        ),
        quote!(
            struct S();
        ),
        quote!(
            struct Self_;
        ),
        quote!(
            struct r#type {
                r#fn: u8,
                __: u8,
                _1: u8,
            }
        ),
        quote!(
            struct S {
                #[attribute]
                r#fn: u8,
                #[attribute]
                __: u8,
                #[attribute]
                _1: u8,
                #[attribute]
                self_: u8,
            }
        ),
        quote!(let x = 1;),
        quote!(1 + 1),
    ];
    for item in items {
        assert!(
            crate::aggregate::expand(MacroName::Aggregate, quote!(), item.clone())
                .to_string()
                .len()
                >= item.to_string().len()
        );
        assert!(
            crate::subscribe::expand(quote!(Happened), item.clone())
                .to_string()
                .len()
                >= item.to_string().len()
        );
        assert!(
            crate::projection::expand(quote!(aggregates(A)), item.clone())
                .to_string()
                .len()
                >= item.to_string().len()
        );
        assert!(
            crate::event::expand(quote!(), item.clone())
                .to_string()
                .len()
                >= item.to_string().len()
        );
    }
}
