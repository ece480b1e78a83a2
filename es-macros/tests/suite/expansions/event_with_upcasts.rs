const _: () = {
    ::es::__private::storable::<Option<Money<i64>>>();
};
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::es::__private::serde::Serialize,
    ::es::__private::serde::Deserialize
)]
#[serde(crate = "::es::__private::serde")]
pub struct Paid {
    #[serde(alias = "value", default)]
    pub money: Option<Money<i64>>,
}
#[automatically_derived]
impl ::es::__private::Event for Paid {
    const NAME: &'static str = "Paid";
    const RETIRED: bool = true;
    const SHAPE: ::core::option::Option<&'static ::es::__private::Shape> = ::core::option::Option::Some(
        &::es::__private::Shape::new(
            &[
                ::es::__private::Field::new("money", "Option<Money<i64>>")
                    .was(&["value"])
                    .with_default(),
            ],
        ),
    );
    const VERSION: u32 = 3u32;
    const FORMER: &'static [::es::__private::Former] = &[
        ::es::__private::step(1u32, of_cents).former(),
        ::es::__private::step(2u32, money::of_amount).former(),
    ];
    fn __upcast(
        old: &mut ::es::__private::Old<'_, '_>,
    ) -> ::core::result::Result<Self, ::es::__private::DecodeError> {
        let payload = ::es::__private::beginning();
        let step = ::es::__private::step(1u32, of_cents);
        let payload = step.after(old, payload)?;
        let step = ::es::__private::step(2u32, money::of_amount);
        let payload = step.after(old, payload)?;
        ::es::__private::end::<_, Self>(payload)
    }
}
