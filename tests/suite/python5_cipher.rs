//! Tests against the rows of `cipher.jsonl`, which Python `eventsourcing` 5.0.0 wrote.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use es_core::event_store::cipher::{Cipher, CipherError, decode_random_bytes};
use es_json::Value;

use crate::vectors::{rows, text};

fn cipher(row: &Value) -> Cipher {
    Cipher::from_base64(text(row, "key_b64").unwrap()).unwrap()
}

#[test]
fn python5_cipher_texts_are_decrypted_or_refused_as_python_does() {
    let mut decrypted = 0;
    for row in rows("cipher.jsonl") {
        let Some(stored) = text(&row, "ciphertext") else {
            continue;
        };
        let result = cipher(&row).decrypt(stored);
        match (text(&row, "plaintext"), text(&row, "error")) {
            (Some(plain), None) => {
                assert_eq!(result.as_deref(), Ok(plain), "{row}");
                decrypted += 1;
            }
            // The tag was correct; zlib reported the error.
            (None, Some("error" | "UnicodeDecodeError")) => {
                assert!(matches!(result, Err(CipherError::Content { .. })), "{row}");
            }
            (None, Some(_)) => assert_eq!(result, Err(CipherError::Integrity), "{row}"),
            _ => panic!("{row}"),
        }
    }
    assert!(decrypted > 0);
}

#[test]
fn python5_layout_is_nonce_tag_and_encrypted_bytes() {
    let mut compared = 0;
    for row in rows("cipher.jsonl") {
        let (Some(plain), Some(nonce)) = (text(&row, "plaintext"), text(&row, "nonce_hex")) else {
            continue;
        };
        let cipher = cipher(&row);
        let theirs = STANDARD.decode(text(&row, "ciphertext").unwrap()).unwrap();
        assert_eq!(hex(&theirs[..12]), nonce, "{row}");
        assert_eq!(
            hex(&theirs[12..28]),
            text(&row, "tag_hex").unwrap(),
            "{row}"
        );
        let ours = cipher.encrypt(plain).unwrap();
        assert_eq!(cipher.decrypt(&ours).as_deref(), Ok(plain), "{row}");
        let length = decode_random_bytes(&ours).unwrap().len();
        let (shortest, longest) = (28 + 8, theirs.len() + theirs.len() / 4 + 16);
        assert!((shortest..longest).contains(&length), "{length}: {row}");
        compared += 1;
    }
    assert!(compared > 0);
}

#[test]
fn python5_keys_of_another_length_are_refused() {
    let mut refused = 0;
    for row in rows("cipher.jsonl") {
        let case = text(&row, "case").and_then(|case| case.strip_prefix("key of "));
        let Some(length) = case.and_then(|case| case.strip_suffix(" bytes")) else {
            continue;
        };
        let found = length.parse().unwrap();
        let error = Cipher::new(&vec![0; found]).unwrap_err();
        assert_eq!(error, CipherError::KeyLength { found });
        refused += 1;
    }
    assert!(refused > 0);
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}
