//! Whether an event can still be triggered, as a type.

use std::marker::PhantomData;

/// The status of an event of type `E`: retired or not.
pub struct Status<E, const RETIRED: bool>(PhantomData<E>);

/// The status of an event that can be triggered.
#[diagnostic::on_unimplemented(
    message = "`{E}` is retired: it is replayed where it is stored, and cannot be triggered",
    label = "retired",
    note = "trigger the event that took its place; or take `retired` out of its `#[event(…)]`"
)]
pub trait Triggerable<E> {}

#[diagnostic::do_not_recommend]
impl<E> Triggerable<E> for Status<E, false> {}
