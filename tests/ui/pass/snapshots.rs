//! Snapshots of aggregates with names that the expansion uses too.
#![deny(warnings, clippy::pedantic)]

mod inner {
    #[allow(dead_code)]
    #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
    pub(crate) struct Private(u8);

    /// Fields with names of traits and types.
    #[es::aggregate(snapshot)]
    #[derive(Debug)]
    pub struct Serialize {
        #[attribute]
        state: String,
        #[created]
        r#type: Option<u8>,
        root: Private,
        #[serde(default)]
        serializer: Option<Private>,
        #[cfg(any())]
        absent: fn(),
    }

    /// An aggregate without fields.
    #[es::aggregate(snapshot)]
    pub struct Empty;
}

fn main() {
    let _ = inner::Serialize::create("s", None);
    let _ = inner::Empty::create();
}
