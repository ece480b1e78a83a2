//! The status of an event, retired or not, as a type.

use std::marker::PhantomData;

/// The status of an event of type `E`: retired or not.
pub struct Status<E, const RETIRED: bool>(PhantomData<E>);

/// The status of an event that can be triggered.
#[diagnostic::on_unimplemented(
    message = "`{E}` is retired: stored events of this type are replayed, but it cannot be triggered",
    label = "retired",
    note = "trigger the event that replaces it, or remove `retired` from its `#[event(…)]`"
)]
pub trait Triggerable<E> {}

#[diagnostic::do_not_recommend]
impl<E> Triggerable<E> for Status<E, false> {}
