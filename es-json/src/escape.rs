//! String escapes as Python's `json.dumps(ensure_ascii=True)` writes them.

use std::cmp::Ordering;
use std::fmt::Write as _;

/// Appends the string in quotes; returns `true` if it needed no escape.
#[inline]
pub fn write_string(out: &mut String, text: &str) -> bool {
    out.push('"');
    let plain = write_escaped(out, text);
    out.push('"');
    plain
}

/// Appends the string with Python's `ensure_ascii` escapes, DEL included; returns `true` if it
/// needed no escape.
pub(super) fn write_escaped(out: &mut String, text: &str) -> bool {
    // Most strings end here.
    if is_plain(text.as_bytes()) {
        out.push_str(text);
        return true;
    }
    // A stored event inside a notification section has a quote every few bytes.
    out.reserve(text.len() + text.len() / 8);
    let mut rest = text;
    let mut searched = 0;
    while let Some(found) = find_escape(&rest.as_bytes()[searched..]) {
        let at = searched + found;
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with(['"', '\\']) {
            // The escaped character is copied together with the plain text after it.
            out.push('\\');
            searched = 1;
        } else {
            let mut chars = rest.chars();
            if let Some(c) = chars.next() {
                write_escape(out, c);
            }
            rest = chars.as_str();
            searched = 0;
        }
    }
    out.push_str(rest);
    false
}

/// Returns `true` if no byte needs an escape. The fold has no branch per byte, so that it compiles
/// to vector instructions.
#[inline]
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    !bytes
        .iter()
        .fold(false, |found, byte| found | needs_escape(*byte))
}

/// Returns the index of the first byte that needs an escape. It examines eight bytes at a time.
#[inline]
pub(super) fn find_escape(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let mask = escape_mask(u64::from_le_bytes(*word));
        if mask != 0 {
            return Some(index * 8 + mask.trailing_zeros() as usize / 8);
        }
    }
    let found = rest.iter().position(|byte| needs_escape(*byte));
    found.map(|found| words.len() * 8 + found)
}

/// Returns a mask with the high bit set in each byte that needs an escape. Only the lowest mark is
/// reliable: a carry may mark a higher byte that needs none.
#[inline]
const fn escape_mask(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let control = word.wrapping_sub(ONES * 0x20);
    let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    // A byte with its high bit set needs an escape in any case, so the other terms may be wrong for
    // it.
    let beyond = word | word.wrapping_add(ONES);
    (control | quote | backslash | beyond) & (ONES << 7)
}

#[inline]
const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte > 0x7e || byte == b'"' || byte == b'\\'
}

fn write_escape(out: &mut String, c: char) {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
            return;
        }
    };
    out.push_str(short);
}

/// Compares two escaped texts as the strings that they encode, by code point.
pub(super) fn compare_escaped(left: &str, right: &str) -> Ordering {
    unescape(left).cmp(unescape(right))
}

/// Returns the characters of the string that an output of [`write_escaped`] encodes.
pub(super) fn unescape(text: &str) -> impl Iterator<Item = char> + '_ {
    char::decode_utf16(units(text)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn units(text: &str) -> impl Iterator<Item = u16> + '_ {
    let mut chars = text.chars();
    std::iter::from_fn(move || match chars.next()? {
        '\\' => Some(match chars.next()? {
            'u' => {
                let (digits, rest) = chars.as_str().split_at_checked(4)?;
                chars = rest.chars();
                u16::from_str_radix(digits, 16).ok()?
            }
            'n' => 0xa,
            'r' => 0xd,
            't' => 0x9,
            'b' => 0x8,
            'f' => 0xc,
            other => other as u16,
        }),
        plain => Some(plain as u16),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        write_escaped(&mut out, text);
        out
    }

    #[test]
    fn only_printable_ascii_is_written_as_it_is() {
        assert_eq!(escaped("a/~ \"\\"), "a/~ \\\"\\\\");
        assert_eq!(escaped("\n\r\t\u{8}\u{c}\0"), "\\n\\r\\t\\b\\f\\u0000");
        assert_eq!(
            escaped("\u{7f}é\u{ffff}😀"),
            "\\u007f\\u00e9\\uffff\\ud83d\\ude00"
        );
    }

    #[test]
    fn every_byte_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for at in 0..20 {
                let mut bytes = [b'!'; 20];
                bytes[at] = byte;
                let expected = needs_escape(byte).then_some(at);
                assert_eq!(find_escape(&bytes), expected, "{byte} at {at}");
            }
        }
        assert_eq!(find_escape(b"0123456\xff\x7e!#"), Some(7));
    }

    #[test]
    fn a_string_without_escapes_is_said_to_be_plain() {
        assert!(write_escaped(&mut String::new(), "plain"));
        assert!(!write_escaped(&mut String::new(), "\n"));
    }

    #[test]
    fn unescaping_gives_the_string_back() {
        let text = "a\"\\\n\r\t\u{8}\u{c}\0\u{7f}é\u{ffff}😀/";
        assert_eq!(unescape(&escaped(text)).collect::<String>(), text);
    }

    #[test]
    fn escaped_texts_compare_by_code_point() {
        for (less, greater) in [
            ("z", "é"),
            ("\u{ffff}", "😀"),
            ("Z", "_"),
            ("", "\0"),
            ("a", "a\n"),
        ] {
            assert_eq!(
                compare_escaped(&escaped(less), &escaped(greater)),
                Ordering::Less
            );
        }
    }
}
