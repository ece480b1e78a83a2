//! The comparison of a value with the value that is read back.

use std::fmt::{self, Write};

use es_json as json;

use super::debug_tree::DebugTree;

/// A float zero in canonical texts and in `Debug` texts, without its sign. A type that writes zeros in
/// another way may lose their signs.
pub(crate) const FLOAT_ZERO: &str = "0.0";

/// The functions that compare two values. They are a type's `PartialEq` and `Debug`, without the
/// bounds.
pub(crate) struct Comparison<T> {
    eq: fn(&T, &T) -> bool,
    debug: fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
}

impl<T: PartialEq + fmt::Debug> Comparison<T> {
    pub(crate) const fn new() -> Self {
        Self {
            eq: T::eq,
            debug: T::fmt,
        }
    }
}

impl<T> Comparison<T> {
    pub(crate) fn eq(&self, one: &T, other: &T) -> bool {
        (self.eq)(one, other)
    }

    pub(crate) fn debug(&self, value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.debug)(value, f)
    }

    /// Checks that a value is the same as the value that was read back from `text`. `buffer` is
    /// overwritten.
    ///
    /// Values are the same if `PartialEq` says so, except that floats are compared by their bits.
    /// That makes a difference in two cases, and the `Debug` texts show both:
    ///
    /// * Zeros are equal whatever their signs. If `text` has a float zero, both values must have as
    ///   many negative zeros. Their number does not depend on the order of a hash map.
    /// * A `NaN` is unequal to itself. If the value has one, the trees of the `Debug` texts decide.
    ///   All `NaN`s are the same, because the stored text has only one.
    ///
    /// # Errors
    ///
    /// [`json::Error::Changed`] with the path of the first difference; an empty path if the `Debug`
    /// texts do not show it.
    pub(crate) fn check(
        &self,
        one: &T,
        other: &T,
        text: &str,
        buffer: &mut String,
    ) -> Result<(), json::Error> {
        let is_same = if self.eq(one, other) {
            // Most events have no float zero, and need no `Debug` texts.
            !text.contains(FLOAT_ZERO)
                || self.negative_zeros(one, buffer) == self.negative_zeros(other, buffer)
        } else {
            self.write(one, buffer);
            buffer.contains("NaN") && self.find_difference(one, other).is_none()
        };
        if is_same {
            return Ok(());
        }
        let path = self.find_difference(one, other).unwrap_or_default();
        Err(json::Error::Changed { path })
    }

    /// Returns the number of negative float zeros in the `Debug` text of a value.
    fn negative_zeros(&self, value: &T, buffer: &mut String) -> usize {
        self.write(value, buffer);
        negative_zeros(buffer)
    }

    fn write(&self, value: &T, buffer: &mut String) {
        buffer.clear();
        // Writing to a string fails only if the `Debug` of a value does.
        let _ = write!(buffer, "{:?}", Shown(self, value));
    }

    #[cold]
    fn find_difference(&self, one: &T, other: &T) -> Option<String> {
        let one = format!("{:#?}", Shown(self, one));
        let other = format!("{:#?}", Shown(self, other));
        DebugTree::parse(&one).difference(&DebugTree::parse(&other))
    }
}

struct Shown<'a, T>(&'a Comparison<T>, &'a T);

impl<T> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.debug(self.1, f)
    }
}

/// Returns the number of negative float zeros in a `Debug` text. Strings in the text may count as
/// well.
fn negative_zeros(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_part = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
    };
    let is_negative = |at: usize| bytes.get(at.wrapping_sub(1)) == Some(&b'-');
    text.match_indices(FLOAT_ZERO)
        .filter(|(at, zero)| is_negative(*at) && !is_part(bytes.get(at + zero.len())))
        .count()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fmt::Debug;

    use super::*;

    fn check<T: PartialEq + Debug>(one: &T, other: &T) -> Result<(), String> {
        match Comparison::new().check(one, other, &format!("{one:?}"), &mut String::new()) {
            Ok(()) => Ok(()),
            Err(json::Error::Changed { path }) => Err(path),
            Err(error) => Err(error.to_string()),
        }
    }

    #[derive(Debug, PartialEq)]
    struct Measured {
        values: Vec<f64>,
        unit: &'static str,
    }

    fn measured(values: &[f64]) -> Measured {
        Measured {
            values: values.to_vec(),
            unit: "a 0.0 b -0.0",
        }
    }

    #[test]
    fn floats_are_the_same_if_their_bits_are() {
        for values in [
            &[0.0, -0.0, 10.0, 0.05, -1.5e-7][..],
            &[f64::NAN, -0.0, f64::INFINITY],
            &[],
        ] {
            assert_eq!(check(&measured(values), &measured(values)), Ok(()));
        }
        for (one, other, path) in [
            (&[-0.0][..], &[0.0][..], "values[0]"),
            (&[1.0, 0.0], &[1.0, -0.0], "values[1]"),
            (&[f64::NAN, 1.0], &[f64::NAN, 2.0], "values[1]"),
            (&[f64::NAN], &[0.0], "values[0]"),
            (&[1.0], &[f64::NAN], "values[0]"),
        ] {
            let found = check(&measured(one), &measured(other));
            assert_eq!(found, Err(path.to_owned()), "{one:?} {other:?}");
        }
        assert_eq!(check(&-0.0_f32, &0.0), Err(String::new()));
    }

    #[test]
    fn hash_maps_of_floats_are_the_same_in_any_order() {
        let map = || {
            let values = [f64::NAN, 0.0, -0.0, 1.0];
            let repeated = values.into_iter().cycle().take(40);
            (0..).zip(repeated).collect::<HashMap<_, _>>()
        };
        assert_eq!(check(&map(), &map()), Ok(()));
        let mut other = map();
        other.insert(1, -0.0);
        assert_eq!(check(&map(), &other), Err("1".to_owned()));
    }

    #[test]
    fn a_difference_that_debug_does_not_show_has_no_path() {
        #[derive(PartialEq)]
        struct Secret(u8);
        impl Debug for Secret {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("Secret")
            }
        }
        assert_eq!(check(&Secret(1), &Secret(1)), Ok(()));
        assert_eq!(check(&Secret(1), &Secret(2)), Err(String::new()));
    }
}
