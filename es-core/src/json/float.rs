use std::fmt::{LowerExp, Write as _};

/// Appends Python's `repr` of the float.
pub(super) fn write_f64(out: &mut String, value: f64) {
    if value.is_finite() {
        write_finite(out, value, value.is_sign_negative());
    } else {
        out.push_str(not_finite(value));
    }
}

/// Appends the shortest digits that read back as the same `f32`, in Python's layout.
pub(super) fn write_f32(out: &mut String, value: f32) {
    if value.is_finite() {
        write_finite(out, value, value.is_sign_negative());
    } else {
        out.push_str(not_finite(f64::from(value)));
    }
}

fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// Rust's exponent form has the digits that Python's `repr` has, the shortest that round trip; only the layout differs.
fn write_finite(out: &mut String, value: impl LowerExp, negative: bool) {
    let start = out.len() + usize::from(negative);
    // Writing to a `String` cannot fail.
    let _ = write!(out, "{value:e}");
    let Some((digits, exponent)) = out[start..].split_once('e') else {
        return;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    out.truncate(start + digits.len());
    if (-4..16).contains(&exponent) {
        place_point(out, start, exponent);
    } else {
        let _ = write!(out, "e{exponent:+03}");
    }
}

/// Turns `d.ddd` at the end of `out` into fixed notation, with at least one digit on either side of the point.
fn place_point(out: &mut String, start: usize, exponent: i32) {
    if out.len() > start + 1 {
        out.remove(start + 1);
    }
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
