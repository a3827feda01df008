//! What was read already. A sender who could foretell a mark could hide a form behind another one, so marks are keyed
//! by numbers that are drawn once a process.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use ahash::RandomState;

static KEY: LazyLock<RandomState> = LazyLock::new(|| {
    let drawn = std::hash::RandomState::new();
    let [a, b, c, d] = [0u64, 1, 2, 3].map(|number| drawn.hash_one(number));
    RandomState::with_seeds(a, b, c, d)
});

/// A mark of some bytes, and of what else must be equal.
pub(super) fn mark(text: &[u8], beside: u64) -> u64 {
    let mut hasher = KEY.build_hasher();
    hasher.write(text);
    hasher.write_u64(beside);
    hasher.write_usize(text.len());
    hasher.finish()
}

/// The forms of one leaf.
pub(in crate::engine) struct SeenForms {
    leaf: u64,
    /// Forms that are read for every class and decoded further.
    whole: HashSet<u64, RandomState>,
    /// Forms that a view reads for its own classes only, with the view.
    looks: HashSet<(u64, u8), RandomState>,
}

impl Default for SeenForms {
    fn default() -> SeenForms {
        SeenForms { leaf: 0, whole: HashSet::with_hasher(KEY.clone()), looks: HashSet::with_hasher(KEY.clone()) }
    }
}

impl SeenForms {
    /// Begins with a leaf.
    pub fn begin(&mut self, leaf: u64) {
        self.leaf = leaf;
        if !self.whole.is_empty() {
            self.whole.clear();
        }
        if !self.looks.is_empty() {
            self.looks.clear();
        }
    }

    /// Whether a form is known, to one view as its last look or to all.
    pub fn knows(&self, mark: u64, look: Option<u8>) -> bool {
        mark == self.leaf || self.whole.contains(&mark) || look.is_some_and(|view| self.looks.contains(&(mark, view)))
    }

    /// Keeps it.
    pub fn keep(&mut self, mark: u64, look: Option<u8>) {
        match look {
            Some(view) => self.looks.insert((mark, view)),
            None => self.whole.insert(mark),
        };
    }
}

/// The leaves of one message in which nothing was found, with how deep they stood.
pub(in crate::engine) struct CleanLeaves(HashMap<u64, usize, RandomState>);

impl Default for CleanLeaves {
    fn default() -> CleanLeaves {
        CleanLeaves(HashMap::with_hasher(KEY.clone()))
    }
}

impl CleanLeaves {
    /// Begins with a message.
    pub fn begin(&mut self) {
        // To clear a map takes as long as it once was.
        if self.0.capacity() > 4096 { *self = CleanLeaves::default() } else { self.0.clear() }
    }

    /// Whether this leaf was judged to its end with as many layers to go, or more.
    pub fn knows(&self, leaf: u64, depth: usize) -> bool {
        self.0.get(&leaf).is_some_and(|known| *known <= depth)
    }

    /// Keeps it.
    pub fn keep(&mut self, leaf: u64, depth: usize) {
        let known = self.0.entry(leaf).or_insert(depth);
        *known = depth.min(*known);
    }
}
