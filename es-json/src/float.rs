//! Floats in the layout of Python's `repr`.

use std::fmt::Write as _;

/// Appends Python's `repr` of the float.
pub(super) fn write_f64(out: &mut String, value: f64) {
    if value.is_finite() {
        write_finite(out, value);
    } else {
        out.push_str(non_finite_name(value));
    }
}

/// Appends the shortest digits that read back as the same `f32`, in Python's layout.
pub(super) fn write_f32(out: &mut String, value: f32) {
    if value.is_finite() {
        write_finite(out, value);
    } else {
        out.push_str(non_finite_name(f64::from(value)));
    }
}

fn non_finite_name(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// Appends the shortest digits that round-trip. If two such numbers are equally close, it takes the
/// even one, as Python does; the formatter of `std` takes the greater one and would write
/// 2195683780595896.25 with a final `.3`.
fn write_finite(out: &mut String, value: impl zmij::Float) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if unsigned.len() < text.len() {
        out.push('-');
    }
    let start = out.len();
    let exponent = write_digits(out, unsigned);
    if (-4..16).contains(&exponent) {
        place_point(out, start, exponent);
    } else {
        if out.len() > start + 1 {
            out.insert(start + 1, '.');
        }
        // Writing to a `String` cannot fail.
        let _ = write!(out, "e{exponent:+03}");
    }
}

/// Appends the significant digits of a number in any layout; returns the exponent of the first
/// digit.
fn write_digits(out: &mut String, text: &str) -> i32 {
    let start = out.len();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    out.push_str(whole);
    out.push_str(fraction);
    let zeros = out[start..]
        .bytes()
        .take_while(|digit| *digit == b'0')
        .count();
    if start + zeros == out.len() {
        out.truncate(start + 1);
        return 0;
    }
    out.drain(start..start + zeros);
    while out.ends_with('0') {
        out.pop();
    }
    // The conversions cannot fail: a float has at most 309 digits before its point and 324 zeros
    // after it.
    let places = |count: usize| i32::try_from(count).unwrap_or(0);
    exponent.parse().unwrap_or(0) + places(whole.len()) - 1 - places(zeros)
}

/// Inserts the decimal point into the digits at the end of `out`, with at least one digit on either
/// side.
fn place_point(out: &mut String, start: usize, exponent: i32) {
    let places = exponent.unsigned_abs() as usize;
    if exponent < 0 {
        out.insert_str(start, &"0.000"[..=places]);
        return;
    }
    let point = start + 1 + places;
    while out.len() < point {
        out.push('0');
    }
    if out.len() == point {
        out.push_str(".0");
    } else {
        out.insert(point, '.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repr(value: f64) -> String {
        let mut out = String::from("x");
        write_f64(&mut out, value);
        out.split_off(1)
    }

    #[test]
    fn floats_are_laid_out_as_pythons_repr() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-12.5, "-12.5"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (-0.000_123, "-0.000123"),
            (0.000_01, "1e-05"),
            (100.0, "100.0"),
            (1.25e-5, "1.25e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1_234_567_890_123_456.7, "1234567890123456.8"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(repr(value), text);
        }
    }

    #[test]
    fn of_two_numbers_that_are_equally_near_the_even_one_is_written() {
        for (value, text) in [
            (2_195_683_780_595_896.0 + 0.25, "2195683780595896.2"),
            (94_788_554_104_095.0 + 0.125, "94788554104095.12"),
            (-13_708_838_445_392.0 - 0.8125, "-13708838445392.812"),
            (1_170_289_658_937_029.0 + 0.75, "1170289658937029.8"),
        ] {
            assert_eq!(repr(value), text);
        }
    }

    #[test]
    fn floats_that_are_not_finite_have_pythons_names() {
        assert_eq!(repr(f64::NAN), "NaN");
        assert_eq!(repr(f64::INFINITY), "Infinity");
        assert_eq!(repr(f64::NEG_INFINITY), "-Infinity");
    }

    #[test]
    fn single_precision_keeps_its_own_shortest_digits() {
        let mut out = String::new();
        write_f32(&mut out, 0.1);
        assert_eq!(out, "0.1");
    }
}
