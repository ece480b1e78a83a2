//! Golden expansions: a formatted file in `expansions/` for each kind of annotation.
//! `UPDATE_EXPECT=1` updates them.

use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use quote::quote;

use crate::aggregate::MacroName;

fn check(expanded: &TokenStream, expected: &ExpectFile) {
    let file = syn::parse2(expanded.clone()).map(|file| prettyplease::unparse(&file));
    expected.assert_eq(&file.unwrap_or_else(|error| format!("{error}: {expanded}")));
}

fn aggregate(arguments: TokenStream, item: TokenStream, expected: &ExpectFile) {
    check(
        &crate::aggregate::expand(MacroName::Aggregate, arguments, item),
        expected,
    );
}

fn entity(arguments: TokenStream, item: TokenStream, expected: &ExpectFile) {
    check(
        &crate::aggregate::expand(MacroName::Entity, arguments, item),
        expected,
    );
}

fn event(arguments: TokenStream, item: TokenStream, expected: &ExpectFile) {
    check(&crate::event::expand(arguments, item), expected);
}

#[test]
fn an_aggregate() {
    aggregate(
        quote!(events(SomethingHappened)),
        quote! {
            /// A little world.
            #[derive(Debug)]
            pub struct World {
                /// The ruler.
                #[attribute]
                ruler: String,
                pub history: Vec<String>,
            }
        },
        &expect_file!["expansions/aggregate.rs"],
    );
}

#[test]
fn an_empty_aggregate() {
    aggregate(
        quote!(),
        quote!(
            struct Empty;
        ),
        &expect_file!["expansions/empty_aggregate.rs"],
    );
}

#[test]
fn an_entity() {
    entity(
        quote!(versioned, integrity = off),
        quote! {
            /// A cat.
            pub struct Cat;
        },
        &expect_file!["expansions/entity.rs"],
    );
}

#[test]
fn an_aggregate_without_a_chain() {
    let (arguments, item) = (
        quote!(integrity = off),
        quote!(
            struct Empty;
        ),
    );
    let expanded = crate::aggregate::expand(MacroName::Aggregate, arguments, item).to_string();
    let kind = "EntityKind :: AGGREGATE . unchained ()";
    assert!(expanded.contains(kind) && !expanded.contains("HashChained"));
}

#[test]
fn an_aggregate_with_all_options() {
    aggregate(
        quote! {
            events(
                Opened,
                /// Money was paid in.
                money::Paid,
                #[cfg(feature = "fees")] Charged,
            ),
            topic = "bank#Account",
            base = "eventsourcing.domain.model.aggregate#AggregateRoot",
            was("old#Account", "Account"),
            crate = crate::framework,
        },
        quote! {
            #[cfg(feature = "bank")]
            #[allow(clippy::struct_field_names)]
            pub(crate) struct Account {
                /// The owner.
                #[created]
                #[serde(default)]
                owner: String,
                #[attribute(name = "limit", setter = allow, getter = allowed)]
                #[serde(with = "cents", rename = "overdraft")]
                limit: Decimal,
                #[attribute(skip(setter, getter), default)]
                r#type: Option<Kind>,
                #[cfg(feature = "fees")]
                #[attribute]
                fee: u32,
                balance: Decimal,
            }
        },
        &expect_file!["expansions/aggregate_all_options.rs"],
    );
}

#[test]
fn getters_of_all_kinds_of_types() {
    aggregate(
        quote!(),
        quote! {
            pub struct Order {
                #[attribute]
                customer: String,
                #[attribute]
                lines: Vec<Line>,
                #[attribute]
                count: u32,
                #[attribute]
                note: Option<String>,
                #[attribute]
                tags: Option<Vec<Tag>>,
                #[attribute]
                discount: Option<i64>,
                #[attribute]
                address: Option<Address>,
                #[attribute]
                total: Money,
            }
        },
        &expect_file!["expansions/getters.rs"],
    );
}

#[test]
fn an_aggregate_with_snapshots() {
    aggregate(
        quote!(snapshot, crate = framework),
        quote! {
            pub struct Ledger {
                #[attribute(name = "owner")]
                owner: String,
                #[created]
                #[serde(rename = "ref")]
                reference: Option<String>,
                #[serde(with = "cents", default)]
                balance: Decimal,
                #[serde(rename = "entries")]
                entries: Vec<Entry>,
                #[cfg(feature = "notes")]
                note: Option<String>,
            }
        },
        &expect_file!["expansions/aggregate_with_snapshots.rs"],
    );
}

#[test]
fn an_event() {
    event(
        quote!(),
        quote! {
            /// Something happened.
            pub struct SomethingHappened {
                /// The fact.
                pub what: String,
            }
        },
        &expect_file!["expansions/event.rs"],
    );
}

#[test]
fn an_event_with_all_options() {
    event(
        quote!(
            name = "worlds#Legacy.Happened",
            was("Occurred"),
            crate = framework
        ),
        quote! {
            #[derive(Clone, serde::Serialize)]
            #[serde(rename_all = "camelCase")]
            struct Happened {
                #[serde(with = "hex")]
                what_else: Vec<u8>,
                #[cfg(feature = "why")]
                why: String,
            }
        },
        &expect_file!["expansions/event_all_options.rs"],
    );
}

fn handler(arguments: TokenStream, item: TokenStream, expected: &ExpectFile) {
    check(&crate::subscribe::expand(arguments, item), expected);
}

#[test]
fn a_handler() {
    handler(
        quote!(SomethingHappened),
        quote! {
            /// Stores the event.
            pub fn remember(event: &SomethingHappened) {}
        },
        &expect_file!["expansions/handler.rs"],
    );
}

#[test]
fn an_async_handler_with_a_state() {
    handler(
        quote!(events::Happened, crate = framework),
        quote! {
            #[cfg(feature = "mail")]
            async fn send(mailer: &Mailer, header: &framework::EventHeader, event: &Happened) -> Result<(), MailError> {
                mailer.send(header.originator_id, &event.what).await
            }
        },
        &expect_file!["expansions/async_handler.rs"],
    );
}

#[test]
fn a_projection() {
    let (arguments, item) = (
        quote!(
            aggregates(Account, money::Transfer),
            name = "balances",
            crate = framework
        ),
        quote! {
            /// The balances of accounts.
            impl Balances {
                /// Money was paid in.
                #[subscribe_to(money::Deposited)]
                async fn deposited(&self, event: &Deposited, header: &EventHeader, at: RecordId, rows: &mut Rows) -> Result<(), Refused> {
                    rows.add(header.originator_id, event.cents).await
                }

                #[cfg(feature = "fees")]
                #[subscribe_to(Charged)]
                fn charged(&self, _: &Charged) {}
            }
        },
    );
    check(
        &crate::projection::expand(arguments, item),
        &expect_file!["expansions/projection.rs"],
    );
}

#[test]
fn a_standalone_event() {
    event(
        quote!(name = "log#Logged", standalone(timestamped, sealed)),
        quote!(
            pub struct Logged {
                message: String,
            }
        ),
        &expect_file!["expansions/standalone_event.rs"],
    );
}

#[test]
fn an_event_with_upcasts() {
    event(
        quote!(
            version = 3,
            upcast(from = 2, with = money::of_amount),
            upcast(from = 1, with = of_cents),
            retired
        ),
        quote! {
            pub struct Paid {
                #[serde(alias = "value", default)]
                pub money: Option<Money<i64>>,
            }
        },
        &expect_file!["expansions/event_with_upcasts.rs"],
    );
}

#[test]
fn a_unit_event() {
    event(
        quote!(),
        quote!(
            pub struct Beaten;
        ),
        &expect_file!["expansions/unit_event.rs"],
    );
}

#[test]
fn errors_are_emitted_beside_the_expansion() {
    aggregate(
        quote!(events(Created, Happened), topik = "x"),
        quote!(
            struct World {
                #[attribute]
                id: String,
            }
        ),
        &expect_file!["expansions/errors.rs"],
    );
}
