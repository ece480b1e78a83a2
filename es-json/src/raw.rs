use serde::{Serialize, Serializer};

/// The name that tells our writer, and no other serializer, to take the string as it is.
pub(super) const TOKEN: &str = "$es::json::Raw";

/// Text that is canonical already and is written as it stands.
///
/// The writer does not check it: text that is not canonical makes an event whose hash other readers refuse.
///
/// ```
/// let text = es_json::to_string(&[es_json::Raw(r#"{"a":1}"#)])?;
/// assert_eq!(text, r#"[{"a":1}]"#);
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw<'a>(
    /// The canonical text.
    pub &'a str,
);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(TOKEN, self.0)
    }
}
