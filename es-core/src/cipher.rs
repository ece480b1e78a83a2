//! stub
/// stub
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct CipherError;
/// stub
pub struct Cipher;
impl Cipher {
    /// stub
    pub fn encrypt(&self, t: &str) -> Result<String, CipherError> {
        Ok(t.to_owned())
    }
    /// stub
    pub fn decrypt(&self, t: &str) -> Result<String, CipherError> {
        Ok(t.to_owned())
    }
    /// stub
    pub fn from_base64(_: &str) -> Result<Self, CipherError> {
        Ok(Self)
    }
}
