//! Canonical text that is written without change.

use serde::{Serialize, Serializer};

/// The struct name that makes the writer of this crate copy the string. Other serializers ignore
/// it.
pub(super) const TOKEN: &str = "$es::json::Raw";

/// Canonical text that is written without change.
///
/// The writer does not check it. If the text is not canonical, other readers reject the hash of the
/// event.
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
