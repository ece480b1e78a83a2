const _: () = {
    ::es::__private::storable::<String>();
};
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize
)]
#[serde(crate = "::es::__private::serde")]
/// Something happened.
pub struct SomethingHappened {
    /// The fact.
    pub what: String,
}
#[automatically_derived]
impl ::es::__private::Event for SomethingHappened {
    const NAME: &'static str = "SomethingHappened";
    const SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(&[::es::__private::Field::new("what", "String")]),
    );
}
