#[cfg(feature = "mail")]
async fn send(
    mailer: &Mailer,
    header: &framework::EventHeader,
    event: &Happened,
) -> Result<(), MailError> {
    mailer.send(header.originator_id, &event.what).await
}
#[cfg(feature = "mail")]
/// The handler type of [`send()`], for registration on a `Bus`.
#[allow(dead_code, non_camel_case_types, missing_debug_implementations)]
struct send {}
#[cfg(feature = "mail")]
#[automatically_derived]
impl framework::__private::Handler for send {
    type Event = Happened;
    type State = Mailer;
    #[allow(unused_variables)]
    fn __handle(
        state: &::std::sync::Arc<Mailer>,
        header: &framework::__private::EventHeader,
        event: &Happened,
    ) -> framework::__private::Handled {
        let state = ::core::clone::Clone::clone(state);
        let header = ::core::clone::Clone::clone(header);
        let event = ::core::clone::Clone::clone(event);
        framework::__private::Handled::later(async move {
            send(&state, &header, &event).await
        })
    }
}
#[cfg(feature = "mail")]
const _: () = {
    framework::__private::happens::<events::Happened>();
    framework::__private::subscribes::<Happened, events::Happened>();
};
