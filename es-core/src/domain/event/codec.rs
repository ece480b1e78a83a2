//! The functions that write, read and compare events of one type.

use es_json as json;

use super::decode::Decode;
use super::decode_error::DecodeError;
use super::encode::{Encode, write_event};
use super::event::Event;
use super::payload::Payload;
use super::raw_header::RawHeader;
use crate::domain::evolution;
use crate::domain::round_trip::Comparison;

/// The functions that write, read and compare events of one type, without the bounds on the type.
pub(crate) struct Codec<E> {
    pub(crate) encode: Encode<E>,
    pub(crate) decode: Decode<E>,
    pub(crate) comparison: Comparison<E>,
    round_trip: RoundTrip,
}

/// Whether an event that is triggered is read back and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoundTrip {
    Checked,
    Unchecked,
}

impl RoundTrip {
    pub(crate) const fn new(is_checked: bool) -> Self {
        if is_checked {
            Self::Checked
        } else {
            Self::Unchecked
        }
    }
}

impl<E: Payload> Codec<E> {
    /// The codec of a payload that has only ever had one version.
    pub(crate) const fn unversioned(round_trip: RoundTrip) -> Self {
        Self {
            encode: write_event::<E>,
            decode: evolution::unversioned::<E>,
            comparison: Comparison::new(),
            round_trip,
        }
    }
}

impl<E: Event> Codec<E> {
    pub(crate) const fn new() -> Self {
        Self {
            decode: evolution::event::<E>,
            ..Self::unversioned(RoundTrip::new(E::ROUND_TRIP))
        }
    }
}

impl<E> Codec<E> {
    /// Checks that the text of an event is read back as the same payload, by the functions that
    /// replay uses. Does nothing if the type opts out. Returns the header that was read.
    pub(crate) fn check<'t>(
        &self,
        text: &'t str,
        payload: &E,
        buffer: &mut String,
    ) -> Result<Option<RawHeader<'t>>, json::Error> {
        if self.round_trip == RoundTrip::Unchecked {
            return Ok(None);
        }
        let mut header = RawHeader::default();
        let read = (self.decode)(text, &mut header).map_err(DecodeError::unreadable)?;
        self.comparison.check(payload, &read, text, buffer)?;
        Ok(Some(header))
    }
}
