//! Encryption of stored text, in the format of Python `eventsourcing` 5.0.0.

mod compression;
mod encoding;

use std::fmt;

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{Generate, KeyInit};
use aes_gcm::aes::Aes192;
use aes_gcm::{AeadInOut, Aes128Gcm, Aes256Gcm, AesGcm, Nonce, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding::decode_leniently;
use zeroize::Zeroizing;

type Aes192Gcm = AesGcm<Aes192, U12>;

const NONCE: usize = 12;
const TAG: usize = 16;
/// The length of nonce and tag. In this format the tag precedes the ciphertext.
const HEAD: usize = NONCE + TAG;

/// Encrypts and decrypts texts with one key.
///
/// A text is compressed (zlib, level 6), encrypted with AES-GCM under a random nonce, and encoded as
/// Base64 of nonce, tag and ciphertext. The tag detects changes of the text. It does not bind the text
/// to its row: the hashes of the events do.
///
/// Threads can share a cipher. Its key is wiped when the cipher is dropped.
///
/// ```
/// use es_core::event_store::cipher::{Cipher, encode_random_bytes};
///
/// let key = encode_random_bytes(32)?;
/// let cipher = Cipher::from_base64(&key)?;
/// let stored = cipher.encrypt("secret")?;
/// assert_eq!(cipher.decrypt(&stored)?, "secret");
/// # Ok::<(), es_core::event_store::cipher::CipherError>(())
/// ```
pub struct Cipher(Aes);

// Boxed, because the key schedules differ much in size.
enum Aes {
    Bits128(Box<Aes128Gcm>),
    Bits192(Box<Aes192Gcm>),
    Bits256(Box<Aes256Gcm>),
}

/// An error of a key or a text. The messages quote neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CipherError {
    /// The key has a wrong length. Configure another key.
    #[error(
        "the key has {found} bytes instead of 16, 24 or 32: make one with encode_random_bytes(32)"
    )]
    KeyLength {
        /// The length of the key in bytes.
        found: usize,
    },
    /// The key is not Base64. Configure another key.
    #[error("the key is not Base64 text: make one with encode_random_bytes(32)")]
    KeyText,
    /// The text was changed, or it was encrypted with another key. Configure the right key, or find
    /// out how the data was changed.
    #[error("the text was damaged, or encrypted with another key")]
    Integrity,
    /// The text was encrypted with this key, but its content is not in the format. Find its
    /// writer.
    #[error("the text was encrypted with this key, but {problem}")]
    Content {
        /// The problem with the content.
        problem: &'static str,
    },
    /// The text is too long to be encrypted. Store less in one event.
    #[error(
        "the text is longer than {} bytes and cannot be encrypted: store less in one event",
        Cipher::MAX_LENGTH
    )]
    TooLong,
    /// The operating system provided no random bytes. Retry.
    #[error("the operating system provided no random bytes: try again")]
    Random,
}

impl Cipher {
    /// The maximum length of a text in bytes: 256 MiB.
    ///
    /// Compressed text can expand a thousandfold. The limit keeps a malicious text from exhausting
    /// the memory.
    pub const MAX_LENGTH: usize = 256 << 20;

    /// Creates a cipher from a key of 16, 24 or 32 bytes.
    ///
    /// # Errors
    ///
    /// [`CipherError::KeyLength`] for any other length.
    pub fn new(key: &[u8]) -> Result<Self, CipherError> {
        let length = |_| CipherError::KeyLength { found: key.len() };
        let aes = match key.len() {
            16 => Aes::Bits128(Box::new(Aes128Gcm::new_from_slice(key).map_err(length)?)),
            24 => Aes::Bits192(Box::new(Aes192Gcm::new_from_slice(key).map_err(length)?)),
            _ => Aes::Bits256(Box::new(Aes256Gcm::new_from_slice(key).map_err(length)?)),
        };
        Ok(Self(aes))
    }

    /// Creates a cipher from a key in Base64, the form of `CIPHER_KEY` and of
    /// [`encode_random_bytes`].
    ///
    /// # Errors
    ///
    /// [`CipherError::KeyText`] if the text is not Base64, and those of [`Cipher::new`].
    pub fn from_base64(key: &str) -> Result<Self, CipherError> {
        Self::new(&Zeroizing::new(decode_random_bytes(key)?))
    }

    /// Encrypts a text. The result differs each time, because the nonce is random.
    ///
    /// # Errors
    ///
    /// [`CipherError::TooLong`] for a text of more than [`Cipher::MAX_LENGTH`] bytes;
    /// [`CipherError::Random`] if the operating system provides no nonce.
    pub fn encrypt(&self, text: &str) -> Result<String, CipherError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(CipherError::TooLong);
        }
        let nonce = Nonce::<U12>::try_generate().map_err(|_| CipherError::Random)?;
        let mut bytes = vec![0; HEAD];
        bytes[..NONCE].copy_from_slice(&nonce);
        compression::compress(text.as_bytes(), &mut bytes);
        let tag = self.0.encrypt(&nonce, &mut bytes[HEAD..])?;
        bytes[NONCE..HEAD].copy_from_slice(&tag);
        Ok(STANDARD.encode(&bytes))
    }

    /// Decrypts a text that [`Cipher::encrypt`] or the Python library encrypted with the same key.
    ///
    /// As in Python, characters outside the alphabet of Base64 and bytes after the compressed text are
    /// ignored.
    ///
    /// # Errors
    ///
    /// [`CipherError::Integrity`] if the text was changed or encrypted with another key;
    /// [`CipherError::Content`] if its content is not compressed text, or is longer than
    /// [`Cipher::MAX_LENGTH`].
    pub fn decrypt(&self, text: &str) -> Result<String, CipherError> {
        let mut bytes = decode_leniently(text).ok_or(CipherError::Integrity)?;
        let (head, body) = bytes
            .split_at_mut_checked(HEAD)
            .ok_or(CipherError::Integrity)?;
        let (nonce, tag) = head.split_at(NONCE);
        let nonce = Nonce::<U12>::try_from(nonce).map_err(|_| CipherError::Integrity)?;
        let tag = Tag::<U16>::try_from(tag).map_err(|_| CipherError::Integrity)?;
        self.0.decrypt(&nonce, &tag, body)?;
        let plain = compression::decompress(body, Self::MAX_LENGTH)?;
        String::from_utf8(plain).map_err(|_| CipherError::Content {
            problem: "it is not UTF-8",
        })
    }
}

impl Aes {
    fn encrypt(&self, nonce: &Nonce<U12>, buffer: &mut [u8]) -> Result<Tag, CipherError> {
        let buffer = InOutBuf::from(buffer);
        match self {
            Self::Bits128(aes) => aes.encrypt_inout_detached(nonce, &[], buffer),
            Self::Bits192(aes) => aes.encrypt_inout_detached(nonce, &[], buffer),
            Self::Bits256(aes) => aes.encrypt_inout_detached(nonce, &[], buffer),
        }
        .map_err(|_| CipherError::TooLong)
    }

    fn decrypt(&self, nonce: &Nonce<U12>, tag: &Tag, buffer: &mut [u8]) -> Result<(), CipherError> {
        let buffer = InOutBuf::from(buffer);
        match self {
            Self::Bits128(aes) => aes.decrypt_inout_detached(nonce, &[], buffer, tag),
            Self::Bits192(aes) => aes.decrypt_inout_detached(nonce, &[], buffer, tag),
            Self::Bits256(aes) => aes.decrypt_inout_detached(nonce, &[], buffer, tag),
        }
        .map_err(|_| CipherError::Integrity)
    }
}

/// Shows the length of the key, never the key.
impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Aes::Bits128(_) => "Cipher(AES-128-GCM)",
            Aes::Bits192(_) => "Cipher(AES-192-GCM)",
            Aes::Bits256(_) => "Cipher(AES-256-GCM)",
        })
    }
}

/// Returns random bytes of the operating system in Base64; 16, 24 or 32 bytes make a new key.
///
/// # Errors
///
/// [`CipherError::Random`] if the operating system provides none.
pub fn encode_random_bytes(count: usize) -> Result<String, CipherError> {
    let mut bytes = Zeroizing::new(vec![0; count]);
    for chunk in bytes.chunks_mut(16) {
        let random = <[u8; 16]>::try_generate().map_err(|_| CipherError::Random)?;
        chunk.copy_from_slice(&random[..chunk.len()]);
    }
    Ok(STANDARD.encode(&*bytes))
}

/// Decodes a key from [`encode_random_bytes`].
///
/// # Errors
///
/// [`CipherError::KeyText`] if the text is not Base64.
pub fn decode_random_bytes(text: &str) -> Result<Vec<u8>, CipherError> {
    decode_leniently(text).ok_or(CipherError::KeyText)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn every_length_of_key_gives_the_text_back() {
        for length in [16, 24, 32] {
            let cipher = Cipher::new(&KEY[..length]);
            let back = cipher.and_then(|cipher| cipher.decrypt(&cipher.encrypt("a text, é")?));
            assert_eq!(back.as_deref(), Ok("a text, é"));
        }
    }

    #[test]
    fn other_lengths_of_key_are_refused() {
        for length in [0, 15, 17, 31] {
            let error = Cipher::new(&KEY[..length]).err();
            assert_eq!(error, Some(CipherError::KeyLength { found: length }));
        }
    }

    #[test]
    fn one_text_is_never_encrypted_alike() {
        let cipher = Cipher::new(&KEY);
        let encrypt = || cipher.as_ref().map(|cipher| cipher.encrypt("text"));
        assert_ne!(encrypt(), encrypt());
    }

    #[test]
    fn another_key_is_an_integrity_error() -> Result<(), CipherError> {
        let stored = Cipher::new(&KEY)?.encrypt("text")?;
        let other = Cipher::new(&[8; 32])?;
        assert_eq!(other.decrypt(&stored), Err(CipherError::Integrity));
        Ok(())
    }

    #[test]
    fn keys_are_wiped_on_drop() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
        is_wiped::<Aes128Gcm>();
        is_wiped::<Aes192Gcm>();
        is_wiped::<Aes256Gcm>();
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = Cipher::new(&KEY).map(|cipher| format!("{cipher:?}"));
        assert_eq!(shown.as_deref(), Ok("Cipher(AES-256-GCM)"));
    }

    #[test]
    fn random_bytes_have_the_length_that_was_asked_for() -> Result<(), CipherError> {
        for count in [0, 1, 16, 24, 32, 33] {
            assert_eq!(
                decode_random_bytes(&encode_random_bytes(count)?)?.len(),
                count
            );
        }
        assert_ne!(encode_random_bytes(16)?, encode_random_bytes(16)?);
        Ok(())
    }

    #[test]
    fn a_key_that_is_not_base64_is_an_error() {
        assert_eq!(Cipher::from_base64("a").err(), Some(CipherError::KeyText));
    }
}
