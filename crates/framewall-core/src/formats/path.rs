//! Where a leaf is. One arena for the keys, so that a walk allocates nothing per step.

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
