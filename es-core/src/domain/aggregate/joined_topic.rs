//! Topics that are joined at compile time.

use es_store::MAX_TOPIC_BYTES;

/// A topic of two parts with a dot between them, joined at compile time.
pub(super) struct JoinedTopic {
    bytes: [u8; Self::MAX_LEN],
    len: usize,
}

impl JoinedTopic {
    const MAX_LEN: usize = 2 * MAX_TOPIC_BYTES + 1;

    pub(super) const fn new(first: &str, second: &str) -> Self {
        let mut this = Self {
            bytes: [0; Self::MAX_LEN],
            len: 0,
        };
        this.push(first);
        this.push(".");
        this.push(second);
        this
    }

    const fn push(&mut self, part: &str) {
        let mut at = 0;
        while at < part.len() {
            self.bytes[self.len] = part.as_bytes()[at];
            self.len += 1;
            at += 1;
        }
    }

    pub(super) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(topic) => topic,
            Err(_) => panic!("a topic is ASCII"),
        }
    }
}

pub(super) const fn contains_hash(name: &str) -> bool {
    let mut at = 0;
    while at < name.len() {
        if name.as_bytes()[at] == b'#' {
            return true;
        }
        at += 1;
    }
    false
}
