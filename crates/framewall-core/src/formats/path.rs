//! Where a leaf is. One arena for the keys, so that a walk allocates nothing per step.

use std::fmt;

/// One step from the root of a document to a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Segment<'a> {
    /// A member's name, decoded.
    Key(&'a [u8]),
    /// An element's place, from 0.
    Index(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The key's bytes are `keys[start..end]`.
    Key {
        start: u32,
        end: u32,
    },
    Index(u32),
}

/// A stack of segments: walkers push and pop, sinks read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    keys: Vec<u8>,
    steps: Vec<Step>,
}

impl Path {
    /// The root.
    pub fn new() -> Path {
        Path::default()
    }

    /// Steps below the root.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether this is the root.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Goes down to a member.
    #[inline]
    pub fn push_key(&mut self, key: &[u8]) {
        let start = self.keys.len() as u32;
        self.keys.extend_from_slice(key);
        self.steps.push(Step::Key { start, end: self.keys.len() as u32 });
    }

    /// Goes down to an element.
    #[inline]
    pub fn push_index(&mut self, index: u32) {
        self.steps.push(Step::Index(index));
    }

    /// Moves on to another element of the list that the last step is in.
    #[inline]
    pub fn set_index(&mut self, index: u32) {
        if let Some(last @ Step::Index(_)) = self.steps.last_mut() {
            *last = Step::Index(index);
        }
    }

    /// Goes back up one step; nothing at the root.
    #[inline]
    pub fn pop(&mut self) {
        if let Some(Step::Key { start, .. }) = self.steps.pop() {
            self.keys.truncate(start as usize);
        }
    }

    /// Back to the root, keeping the memory.
    pub fn clear(&mut self) {
        self.steps.clear();
        self.keys.clear();
    }

    /// Back to `len` steps below the root.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        while self.steps.len() > len {
            self.pop();
        }
    }

    /// The segments from the root.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Segment<'_>> + DoubleEndedIterator {
        self.steps.iter().map(|step| match *step {
            Step::Key { start, end } => Segment::Key(&self.keys[start as usize..end as usize]),
            Step::Index(index) => Segment::Index(index),
        })
    }

    /// The last segment.
    pub fn last(&self) -> Option<Segment<'_>> {
        self.iter().next_back()
    }
}

/// As people write it: `args[0].text`, and `["…"]` around names that are no words.
impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, segment) in self.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(out, "[{index}]")?,
                Segment::Key(key) if is_word(key) => {
                    let dot = if place == 0 { "" } else { "." };
                    write!(out, "{dot}{}", String::from_utf8_lossy(key))?;
                }
                Segment::Key(key) => write!(out, "[{:?}]", String::from_utf8_lossy(key))?,
            }
        }
        Ok(())
    }
}

fn is_word(key: &[u8]) -> bool {
    !key.is_empty()
        && !key[0].is_ascii_digit()
        && key.iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-') || byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_people_write_it() {
        let mut path = Path::new();
        path.push_key(b"args");
        path.push_index(0);
        path.set_index(2);
        path.push_key(b"text");
        path.push_key(b"a \"b\"");
        assert_eq!(path.to_string(), r#"args[2].text["a \"b\""]"#);
        path.truncate(2);
        assert_eq!(path.to_string(), "args[2]");
        assert_eq!(path.last(), Some(Segment::Index(2)));
    }
}
