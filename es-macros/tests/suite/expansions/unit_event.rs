#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize
)]
#[serde(crate = "::es::__private::serde")]
pub struct Beaten;
#[automatically_derived]
impl ::es::__private::Event for Beaten {
    const NAME: &'static str = "Beaten";
    const SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(&[]),
    );
}
