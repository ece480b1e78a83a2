/// Stores the event.
pub fn remember(event: &SomethingHappened) {}
/// The handler type of [`remember()`], for registration on a `Bus`.
#[allow(dead_code, non_camel_case_types, missing_debug_implementations)]
pub struct remember {}
#[automatically_derived]
impl ::es::__private::Handler for remember {
    type Event = SomethingHappened;
    type State = ();
    #[allow(unused_variables)]
    fn __handle(
        state: &::std::sync::Arc<()>,
        header: &::es::__private::EventHeader,
        event: &SomethingHappened,
    ) -> ::es::__private::Handled {
        ::es::__private::Handled::now(remember(event))
    }
}
const _: () = {
    ::es::__private::happens::<SomethingHappened>();
    ::es::__private::subscribes::<SomethingHappened, SomethingHappened>();
};
