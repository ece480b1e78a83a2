use std::cmp::Ordering;
use std::fmt::Write as _;

/// Appends the string in quotes; says whether it needed no escape.
pub(crate) fn write_string(out: &mut String, text: &str) -> bool {
    out.push('"');
    let plain = write_escaped(out, text);
    out.push('"');
    plain
}

/// Appends the string escaped as Python's `ensure_ascii` does (DEL too); says whether it needed no escape.
pub(super) fn write_escaped(out: &mut String, text: &str) -> bool {
    // Without a branch per byte this runs over many bytes at a time, and most strings need no more.
    if !text
        .bytes()
        .fold(false, |found, byte| found | needs_escape(byte))
    {
        out.push_str(text);
        return true;
    }
    let mut rest = text;
    let mut searched = 0;
    while let Some(found) = rest.bytes().skip(searched).position(needs_escape) {
        let at = searched + found;
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with(['"', '\\']) {
            // The character follows with what stands behind it: stored events are full of quotes.
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

fn needs_escape(byte: u8) -> bool {
    !(0x20..=0x7e).contains(&byte) || byte == b'"' || byte == b'\\'
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

/// Compares escaped texts as the strings they stand for, by code point.
pub(super) fn compare_escaped(left: &str, right: &str) -> Ordering {
    unescape(left).cmp(unescape(right))
}

/// The string that a text of [`write_escaped`] stands for.
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
