//! Base64 as Python decodes it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Ignores the unused bits of the last character, as Python does.
const UNPADDED: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Decodes Base64 as Python's `b64decode` does (`a2b_base64` in `binascii.c` of `CPython`).
///
/// Characters outside the alphabet and all characters after the padding are ignored. Returns `None`
/// if the padding is missing or wrong.
pub(super) fn decode_leniently(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok().or_else(|| {
        let characters = significant(text)?;
        UNPADDED.decode(characters).ok()
    })
}

/// Returns the characters of the alphabet up to the padding.
fn significant(text: &str) -> Option<Vec<u8>> {
    let mut characters = Vec::with_capacity(text.len());
    let mut padding = 0;
    for byte in text.bytes() {
        let place = characters.len() % 4;
        if byte == b'=' && place >= 2 {
            padding += 1;
            if place + padding >= 4 {
                return Some(characters);
            }
        } else if byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/' {
            padding = 0;
            characters.push(byte);
        }
    }
    characters.len().is_multiple_of(4).then_some(characters)
}

#[cfg(test)]
mod tests {
    use super::decode_leniently;

    #[test]
    fn base64_that_python_reads_is_read() {
        for text in [
            "YWI=", "Y W\nI=", "YW-I=", "YWI=YWI=", "YWJ=", "=YWI=", "YéWI=",
        ] {
            assert_eq!(
                decode_leniently(text).as_deref(),
                Some(b"ab".as_slice()),
                "{text}"
            );
        }
        assert_eq!(decode_leniently("").as_deref(), Some(b"".as_slice()));
        assert_eq!(
            decode_leniently("YWJj!").as_deref(),
            Some(b"abc".as_slice())
        );
        assert_eq!(
            decode_leniently("YQ=x=").as_deref(),
            Some(b"a\x0c".as_slice())
        );
    }

    #[test]
    fn missing_padding_is_an_error() {
        for text in ["Y", "YW", "YWI", "YW=", "YWJjY"] {
            assert_eq!(decode_leniently(text), None, "{text}");
        }
    }
}
