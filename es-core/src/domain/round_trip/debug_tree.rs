//! Values as trees, made of their pretty-printed `Debug` texts.

use es_json as json;

/// A value in a `{:#?}` text: its first line and the values inside. The order of children is fixed
/// where it is arbitrary, in maps and sets.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DebugTree<'t> {
    line: &'t str,
    children: Vec<DebugTree<'t>>,
}

impl<'t> DebugTree<'t> {
    /// Parses a text. A `Debug` that is written by hand may give any text; its lines then form some
    /// tree.
    pub(super) fn parse(text: &'t str) -> Self {
        // The trees that are not complete, from the outermost, each with its indentation.
        let mut open = vec![(0, Self::default())];
        for line in text.lines() {
            let trimmed = line.trim_start();
            let content = trimmed.strip_suffix(',').unwrap_or(trimmed);
            if matches!(content, "}" | ")" | "]" | "") {
                continue;
            }
            let indentation = line.len() - trimmed.len() + 1;
            close(&mut open, indentation);
            let tree = Self {
                line: content,
                children: Vec::new(),
            };
            open.push((indentation, tree));
        }
        close(&mut open, 1);
        let mut root = open.pop().map(|(_, tree)| tree).unwrap_or_default();
        if root.children.len() == 1 {
            root = root.children.remove(0);
        }
        root
    }

    /// Returns the path of the first difference from another tree, or `None` if they are equal. It
    /// has names and indexes, and no values.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let path = self.difference_inside(other)?;
        // The name of a variant is the only name in `Renamed("Earth")`.
        match self.line.strip_suffix('(') {
            Some(variant) if is_name(variant) => Some(join(variant, path)),
            _ => Some(path),
        }
    }

    fn difference_inside(&self, other: &Self) -> Option<String> {
        if self == other {
            return None;
        }
        if self.line != other.line || self.children.len() != other.children.len() {
            return Some(String::new());
        }
        let mut pairs = self.children.iter().zip(&other.children).enumerate();
        pairs.find_map(|(index, (one, other))| {
            let path = one.difference_inside(other)?;
            Some(match (self.step(one, index), self.step(other, index)) {
                (Some(step), Some(other)) if step == other => join(&step, path),
                (None, None) => path,
                _ => String::new(),
            })
        })
    }

    /// Returns the name or the index of a child.
    fn step(&self, child: &Self, index: usize) -> Option<String> {
        match self.line.chars().next_back() {
            Some('{') => label(child.line).map(str::to_owned),
            Some('[') => Some(format!("[{index}]")),
            Some('(') if self.children.len() > 1 => Some(format!("[{index}]")),
            _ => None,
        }
    }

    /// Returns whether it is a map or a set, which has no name before its brace.
    fn is_unordered(&self) -> bool {
        let before = self.line.strip_suffix('{').map(str::trim_end);
        before.is_some_and(|before| before.is_empty() || before.ends_with(':'))
    }
}

/// Completes the open trees that are not further out than a line.
fn close(open: &mut Vec<(usize, DebugTree<'_>)>, indentation: usize) {
    while open.last().is_some_and(|(outer, _)| *outer >= indentation) {
        let Some((_, mut tree)) = open.pop() else {
            return;
        };
        if tree.is_unordered() {
            tree.children.sort_unstable();
        }
        if let Some((_, parent)) = open.last_mut() {
            parent.children.push(tree);
        }
    }
}

/// Returns the name of a field, or the key of an entry.
fn label(line: &str) -> Option<&str> {
    if let Some(quoted) = line.strip_prefix('"') {
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let is_end = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            is_end
        })?;
        return quoted[end + 1..].starts_with(": ").then(|| &quoted[..end]);
    }
    let (name, _) = line.split_once(": ")?;
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == '-';
    !text.is_empty() && text.chars().all(is_part)
}

fn join(step: &str, mut path: String) -> String {
    json::prepend_step(&mut path, step);
    path
}

#[cfg(test)]
#[allow(clippy::option_option, reason = "they are read back as other values")]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "only its `Debug` is used")]
    struct Order {
        lines: Vec<Line>,
        notes: BTreeMap<String, Option<Option<u8>>>,
        pair: (u8, u8),
    }

    #[derive(Debug)]
    #[expect(dead_code, reason = "only its `Debug` is used")]
    enum Line {
        Priced { price: u8 },
        Named(String),
    }

    fn order(price: u8, name: &str, note: Option<Option<u8>>, second: u8) -> Order {
        Order {
            lines: vec![Line::Priced { price }, Line::Named(name.to_owned())],
            notes: [("a: \"b\"".to_owned(), note)].into(),
            pair: (1, second),
        }
    }

    fn difference(one: &impl std::fmt::Debug, other: &impl std::fmt::Debug) -> Option<String> {
        let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
        DebugTree::parse(&one).difference(&DebugTree::parse(&other))
    }

    #[test]
    fn the_first_difference_is_found_at_its_path() {
        let one = order(1, "x", Some(None), 2);
        for (other, path) in [
            (order(1, "x", Some(None), 2), None),
            (order(2, "x", Some(None), 2), Some("lines[0].price")),
            (order(1, "y,\n}", Some(None), 2), Some("lines[1]")),
            (order(1, "x", None, 2), Some("notes.a: \\\"b\\\"")),
            (order(1, "x", Some(Some(3)), 2), Some("notes.a: \\\"b\\\"")),
            (order(1, "x", Some(None), 3), Some("pair[1]")),
        ] {
            assert_eq!(difference(&one, &other).as_deref(), path, "{other:?}");
        }
        let (one, other) = (Line::Named("x".to_owned()), Line::Named("y".to_owned()));
        assert_eq!(difference(&one, &other).as_deref(), Some("Named"));
        assert_eq!(difference(&1, &2).as_deref(), Some(""));
        assert_eq!(difference(&vec![1], &vec![1, 2]).as_deref(), Some(""));
    }

    #[test]
    fn the_order_of_a_hash_map_is_no_difference() {
        let map = || (0..100).map(|n| (n, [n])).collect::<HashMap<_, _>>();
        let (one, mut other) = (map(), map());
        assert_eq!(difference(&one, &other), None);
        other.insert(7, [8]);
        assert!(difference(&one, &other).is_some());
    }
}
