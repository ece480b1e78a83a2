//! Conversion between rows and items. A row that cannot be an item is an error that names it.

use es_store::kit::ItemReader;
use es_store::{Position, PositionKind, RecordError, SequencedItem, TimeUuid, Timestamp};
use scylla::value::{CqlDecimal, CqlTimeuuid, CqlValue};
use uuid::Uuid;

/// Converts a position to a value. A time becomes decimal seconds with six decimals, as in the
/// Python library.
pub(crate) fn position_value(position: Position) -> CqlValue {
    match position {
        Position::Integer(number) => CqlValue::BigInt(number),
        Position::Timestamp(time) => CqlValue::Decimal(seconds(time)),
        Position::TimeUuid(id) => CqlValue::Timeuuid(CqlTimeuuid::from(id.get())),
    }
}

const DECIMALS: i32 = 6;

fn seconds(time: Timestamp) -> CqlDecimal {
    let bytes = time.as_micros().to_be_bytes();
    // The shortest two's complement: other programs write the same number like this.
    let fill = if bytes[0] & 0x80 == 0 { 0x00 } else { 0xff };
    let is_needed = |pair: &[u8]| pair[0] != fill || (pair[0] ^ pair[1]) & 0x80 != 0;
    let first = bytes.windows(2).position(is_needed);
    let bytes = &bytes[first.unwrap_or(bytes.len() - 1)..];
    CqlDecimal::from_signed_be_bytes_slice_and_exponent(bytes, DECIMALS)
}

/// Converts decimal seconds with any number of decimals to a time, if they are whole microseconds.
fn from_seconds(seconds: &CqlDecimal) -> Option<Timestamp> {
    let (bytes, scale) = seconds.as_signed_be_bytes_slice_and_exponent();
    let first = *bytes.first()?;
    let negative = first & 0x80 != 0;
    let mut all = [if negative { 0xff } else { 0x00 }; 16];
    let start = all.len().checked_sub(bytes.len())?;
    all[start..].copy_from_slice(bytes);
    let unscaled = i128::from_be_bytes(all);
    let shift = DECIMALS.checked_sub(scale)?;
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    let micros = match power {
        Some(power) if shift >= 0 => unscaled.checked_mul(power)?,
        Some(power) if unscaled % power == 0 => unscaled / power,
        _ if unscaled == 0 => 0,
        _ => return None,
    };
    i64::try_from(micros).ok().map(Timestamp::from_micros)
}

/// Converts a value to a position of this kind; `None` for other values.
pub(crate) fn from_value(kind: PositionKind, value: &CqlValue) -> Option<Position> {
    match (kind, value) {
        (PositionKind::Integer, CqlValue::BigInt(number)) => Some(Position::Integer(*number)),
        (PositionKind::Timestamp, CqlValue::Decimal(decimal)) => {
            from_seconds(decimal).map(Position::Timestamp)
        }
        (PositionKind::TimeUuid, CqlValue::Timeuuid(id)) => {
            TimeUuid::new(Uuid::from_bytes(*id.as_bytes())).map(Position::TimeUuid)
        }
        _ => None,
    }
}

/// Returns whether a value equals a position. Decimals are compared by value, not by their digits.
pub(crate) fn is_position(value: &CqlValue, position: Position) -> bool {
    let kind = match position {
        Position::Timestamp(_) => PositionKind::Timestamp,
        Position::TimeUuid(_) => PositionKind::TimeUuid,
        Position::Integer(_) => PositionKind::Integer,
    };
    from_value(kind, value) == Some(position)
}

/// A row with the columns sequence, position, topic and data.
pub(crate) type ItemRow<'r> = (Uuid, CqlValue, Option<&'r str>, Option<&'r str>);

/// Converts a row to an item.
///
/// # Errors
///
/// [`RecordError::Damaged`] if a column is null or has another type.
pub(crate) fn item(
    items: &mut ItemReader<'_>,
    row: ItemRow<'_>,
) -> Result<SequencedItem, RecordError> {
    let table = items.table;
    let (sequence_id, stored, topic, data) = row;
    let wrong = |column: &str, expected: &str| RecordError::Damaged {
        table: table.name.clone().into_owned(),
        reason: format!(
            "the row at position {stored:?} of sequence {sequence_id} has no {expected} in `{column}`"
        ),
    };
    Ok(items.item(
        sequence_id,
        from_value(table.position_kind, &stored)
            .ok_or_else(|| wrong(&table.position, "position"))?,
        topic.ok_or_else(|| wrong(&table.topic, "text"))?,
        data.ok_or_else(|| wrong(&table.data, "text"))?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(unscaled: i128, scale: i32) -> CqlDecimal {
        CqlDecimal::from_signed_be_bytes_and_exponent(unscaled.to_be_bytes().to_vec(), scale)
    }

    #[test]
    fn times_are_written_with_six_decimals_in_the_fewest_bytes() {
        for (micros, bytes) in [
            (0, &[0][..]),
            (1, &[1]),
            (-1, &[0xff]),
            (127, &[127]),
            (128, &[0, 128]),
            (-128, &[0x80]),
            (-129, &[0xff, 0x7f]),
            (
                1_516_884_000_500_000,
                &[0x05, 0x63, 0x9a, 0x12, 0xd5, 0xd9, 0x20],
            ),
        ] {
            let written = seconds(Timestamp::from_micros(micros));
            let (found, scale) = written.as_signed_be_bytes_slice_and_exponent();
            let value = found
                .iter()
                .fold(0_i64, |value, byte| value << 8 | i64::from(*byte));
            let bits = 8 * found.len();
            let value = if bits < 64 {
                value << (64 - bits) >> (64 - bits)
            } else {
                value
            };
            assert_eq!((value, scale), (micros, 6));
            assert_eq!(found.len(), bytes.len(), "{micros}");
            assert_eq!(from_seconds(&written), Some(Timestamp::from_micros(micros)));
        }
    }

    #[test]
    fn times_with_other_scales_are_read_by_value() {
        let time = |micros| Some(Timestamp::from_micros(micros));
        assert_eq!(
            from_seconds(&decimal(15_168_840_005, 1)),
            time(1_516_884_000_500_000)
        );
        assert_eq!(from_seconds(&decimal(15, -2)), time(1_500_000_000));
        assert_eq!(from_seconds(&decimal(1_500_000_000, 9)), time(1_500_000));
        assert_eq!(from_seconds(&decimal(0, 400)), time(0));
        assert_eq!(from_seconds(&decimal(-25, 1)), time(-2_500_000));
    }

    #[test]
    fn decimals_that_are_not_whole_microseconds_are_refused() {
        for (unscaled, scale) in [(15, 7), (1, 400), (1, -400), (i128::MAX, 0), (1, i32::MIN)] {
            assert_eq!(
                from_seconds(&decimal(unscaled, scale)),
                None,
                "{unscaled} {scale}"
            );
        }
        let empty = CqlDecimal::from_signed_be_bytes_and_exponent(Vec::new(), 6);
        assert_eq!(from_seconds(&empty), None);
    }
}
