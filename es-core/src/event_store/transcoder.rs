//! The trait of transcoders.

use es_store::BoxError;

/// Converts canonical text to stored text and back, for a format of the user's own, such as a binary
/// one.
///
/// Hashes are over the canonical text, so a sequence verifies with any transcoder. The cipher
/// encrypts the transcoded text.
pub trait Transcoder: Send + Sync + 'static {
    /// Converts canonical text to the text to store.
    ///
    /// If there is no cipher, the text must not begin with `{` unless it is JSON.
    ///
    /// # Errors
    ///
    /// Any error; the event is then not stored.
    fn encode(&self, canonical: &str) -> Result<String, BoxError>;

    /// Converts stored text to the canonical text, byte for byte.
    ///
    /// # Errors
    ///
    /// Any error; the stored event then counts as damaged.
    fn decode(&self, stored: &str) -> Result<String, BoxError>;
}
