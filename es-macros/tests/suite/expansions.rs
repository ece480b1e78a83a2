//! What each kind of annotation expands to, formatted, to be read. `UPDATE_EXPECT=1` writes them anew.

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
fn the_example() {
    aggregate(
        quote!(events(SomethingHappened)),
        quote! {
            /// A little world.
            #[derive(Debug)]
            pub struct World {
                /// Who rules.
                #[attribute]
                ruler: String,
                pub history: Vec<String>,
            }
        },
        &expect_file!["expansions/world.rs"],
    );
}

#[test]
fn an_aggregate_without_anything() {
    aggregate(
        quote!(),
        quote!(
            struct Empty;
        ),
        &expect_file!["expansions/empty.rs"],
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
fn all_options() {
    aggregate(
        quote! {
            events(
                Opened,
                /// Money came in.
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
                /// Whose it is.
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
        &expect_file!["expansions/all_options.rs"],
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
        &expect_file!["expansions/with_snapshots.rs"],
    );
}

#[test]
fn an_event() {
    event(
        quote!(),
        quote! {
            /// Something happened.
            pub struct SomethingHappened {
                /// What.
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
            /// Remembers.
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
            /// What accounts hold.
            impl Balances {
                /// Money came in.
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
fn an_event_that_stands_alone() {
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
fn an_event_with_versions() {
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
        &expect_file!["expansions/event_with_versions.rs"],
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
fn mistakes_stand_beside_what_can_be_expanded() {
    aggregate(
        quote!(events(Created, Happened), topik = "x"),
        quote!(
            struct World {
                #[attribute]
                id: String,
            }
        ),
        &expect_file!["expansions/mistakes.rs"],
    );
}
