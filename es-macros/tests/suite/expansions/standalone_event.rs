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
pub struct Logged {
    message: String,
}
#[automatically_derived]
impl ::es::__private::Event for Logged {
    const NAME: &'static str = "log#Logged";
    const SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(&[::es::__private::Field::new("message", "String")]),
    );
}
#[automatically_derived]
impl ::es::__private::Standalone for Logged {
    const KIND: ::es::__private::EntityKind = ::es::__private::EntityKind::STANDALONE
        .timestamped()
        .sealed();
}
