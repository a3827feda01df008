//! Short leaves that were judged clean in earlier messages: the names, rooms and numbers that every message repeats.
//!
//! Bytes are compared, not marks of them, so nobody can hide a leaf behind another one; where an entry stands is keyed
//! ([`super::seen::mark`]), so nobody can aim at one either. What is forgotten is judged anew.

use crate::engine::attack::Attacks;
use crate::engine::compile::Engine;
use crate::engine::settings::Settings;

/// Bytes of a leaf that is kept.
const LONGEST: usize = 40;
/// Leaves that are kept; a power of two.
const ENTRIES: usize = 1024;
/// Circumstances that are told apart before all is forgotten.
const MOST: usize = 32;

/// What a judgement depends on beside the leaf.
#[derive(Clone, PartialEq, Eq)]
struct Circumstances {
    engine: u64,
    classes: Attacks,
    sensitivity: u8,
    code: bool,
    markup: bool,
    layers: u32,
    fanout: u32,
    plain: bool,
}

#[derive(Clone)]
struct Entry {
    /// Number of the circumstances, from 1; 0: nothing is kept here.
    under: u8,
    kind: u8,
    depth: u8,
    length: u8,
    text: [u8; LONGEST],
}

/// The leaves that one thread knows.
#[derive(Default)]
pub(in crate::engine) struct KnownLeaves {
    circumstances: Vec<Circumstances>,
    now: u8,
    entries: Vec<Entry>,
}

impl KnownLeaves {
    /// Begins with a message.
    pub fn begin(&mut self, engine: &Engine, settings: &Settings) {
        let now = Circumstances {
            engine: engine.number,
            classes: settings.classes,
            sensitivity: settings.sensitivity,
            code: settings.code,
            markup: settings.markup,
            layers: settings.layers,
            fanout: settings.fanout,
            plain: settings.plain,
        };
        if self.now > 0 && self.circumstances[usize::from(self.now) - 1] == now {
            return;
        }
        let known = self.circumstances.iter().position(|known| *known == now);
        let place = known.unwrap_or_else(|| {
            if self.circumstances.len() == MOST {
                self.circumstances.clear();
                self.entries.clear();
            }
            self.circumstances.push(now);
            self.circumstances.len() - 1
        });
        self.now = place as u8 + 1;
    }

    /// Whether this leaf was judged to its end with as many layers to go, or more.
    #[inline]
    pub fn knows(&self, text: &[u8], kind: u8, depth: usize, mark: u64) -> bool {
        self.entries.get(mark as usize % ENTRIES).is_some_and(|entry| {
            entry.under == self.now
                && entry.kind == kind
                && usize::from(entry.depth) <= depth
                && entry.text.get(..usize::from(entry.length)) == Some(text)
        })
    }

    /// Keeps a leaf in which nothing was found, if it is short; whether it is.
    pub fn keep(&mut self, text: &[u8], kind: u8, depth: usize, mark: u64) -> bool {
        let Some(depth) = u8::try_from(depth).ok().filter(|_| text.len() <= LONGEST) else { return false };
        if self.entries.is_empty() {
            let none = Entry { under: 0, kind: 0, depth: 0, length: 0, text: [0; LONGEST] };
            self.entries.resize(ENTRIES, none);
        }
        let entry = &mut self.entries[mark as usize % ENTRIES];
        (entry.under, entry.kind, entry.depth, entry.length) = (self.now, kind, depth, text.len() as u8);
        entry.text[..text.len()].copy_from_slice(text);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Engine {
        Engine::compile(&[]).expect("no rules are well formed")
    }

    fn knows(known: &KnownLeaves, text: &[u8]) -> bool {
        known.knows(text, 1, 2, 7)
    }

    #[test]
    fn a_leaf_is_known_by_its_bytes_whatever_its_mark() {
        let mut known = KnownLeaves::default();
        known.begin(&engine(), &Settings::default());
        assert!(!knows(&known, b"room"));
        known.keep(b"room", 1, 2, 7);
        assert!(knows(&known, b"room"));
        for other in [&b"rooms"[..], b"roo", b"", b"roon"] {
            assert!(!knows(&known, other), "same mark, other bytes");
        }
        assert!(!known.knows(b"room", 2, 2, 7), "another kind");
        assert!(!known.knows(b"room", 1, 1, 7), "fewer layers were left then");
        assert!(known.knows(b"room", 1, 3, 7 + ENTRIES as u64));
    }

    #[test]
    fn a_long_leaf_is_not_kept() {
        let mut known = KnownLeaves::default();
        known.begin(&engine(), &Settings::default());
        known.keep(&[b'a'; LONGEST + 1], 1, 2, 7);
        assert!(!knows(&known, &[b'a'; LONGEST + 1]));
        known.keep(b"room", 1, 300, 7);
        assert!(!known.knows(b"room", 1, 300, 7), "nor one that stands deeper than is counted");
    }

    #[test]
    fn what_is_known_holds_for_one_engine_and_its_settings() {
        let (mut known, one, other) = (KnownLeaves::default(), engine(), engine());
        let (usual, code) = (Settings::default(), Settings { code: true, ..Settings::default() });
        let markup = Settings { markup: true, ..Settings::default() };
        known.begin(&one, &usual);
        known.keep(b"room", 1, 2, 7);
        for (engine, settings) in [(&one, &code), (&one, &markup), (&other, &usual)] {
            known.begin(engine, settings);
            assert!(!knows(&known, b"room"));
        }
        known.begin(&one, &usual);
        assert!(knows(&known, b"room"));
        for fanout in 0..2 * MOST as u32 {
            known.begin(&one, &Settings { fanout, ..usual.clone() });
            assert!(!knows(&known, b"room"));
        }
        known.begin(&one, &usual);
        assert!(!knows(&known, b"room"), "so many circumstances make it forget");
    }
}
