const _: () = {
    #[cfg(feature = "why")] framework::__private::storable::<String>();
};
#[derive(
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    framework::__private::serde::Deserialize
)]
#[serde(crate = "framework::__private::serde")]
#[derive(Clone, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Happened {
    #[serde(with = "hex")]
    what_else: Vec<u8>,
    #[cfg(feature = "why")]
    why: String,
}
#[automatically_derived]
impl framework::__private::Event for Happened {
    const NAME: &'static str = "worlds#Legacy.Happened";
    const WAS: &'static [&'static str] = &["Occurred"];
    const SHAPE: ::core::option::Option<&'static framework::__private::Shape> = ::core::option::Option::Some(
        &framework::__private::Shape::new(
            &[
                framework::__private::Field::new("whatElse", "Vec<u8>, with hex"),
                #[cfg(feature = "why")]
                framework::__private::Field::new("why", "String"),
            ],
        ),
    );
}
