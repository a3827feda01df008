//! What a route asks of the engine.

use std::fmt;
use std::sync::Arc;

use super::attack::{Attack, Attacks};
use super::glob::Glob;
use crate::formats::Format;

/// A field, and what is not to be found in it.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Which leaves: `args[0].text`, `*.connectionData`.
    pub path: Glob,
    /// Only this class.
    pub attack: Option<Attack>,
    /// Only this rule.
    pub rule: Option<String>,
}

/// The user's descriptor of a format that has none in its data: it gives fields their names.
#[derive(Clone)]
pub struct Schema(pub Arc<dyn Format + Send>);

impl fmt::Debug for Schema {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Schema").field(&self.0.name()).finish()
    }
}

/// How a message is judged. Cheap to share between threads.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Score from which on a message is an attack.
    pub threshold: u32,
    /// 1 (few false alarms) to 3 (few misses).
    pub sensitivity: u8,
    /// Classes looked for.
    pub classes: Attacks,
    /// What one class can add to the score.
    pub cap: u32,
    /// Caps that differ.
    pub caps: Vec<(Attack, u32)>,
    /// What is let be.
    pub exceptions: Vec<Exception>,
    /// Whether people share code here: rules that code trips over are left out.
    pub code: bool,
    /// Whether people write HTML here: markup that runs no script is then left out.
    pub markup: bool,
    /// Names that a client may not set: `isAdmin`.
    pub protected_fields: Vec<Glob>,
    /// Descriptors: a part whose hint is `schema:0` goes by the first.
    pub schemas: Vec<Schema>,
    /// How deep documents may nest.
    pub depth: u32,
    /// Keys, values and containers of one message.
    pub nodes: u32,
    /// Bytes of all decoding of one message.
    pub decoded_bytes: u64,
    /// Decoded forms inside one another.
    pub layers: u32,
    /// Views of one leaf.
    pub fanout: u32,
    /// Units of scanning work: about one a byte and pattern.
    pub work: u64,
    /// One look at all of it, however long: what surely stands there, and that with its percent signs, entities and
    /// escapes read. Each byte costs a bounded number of passes, so no cap ends it.
    pub plain: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        use crate::limits as l;
        Settings {
            threshold: 5,
            sensitivity: 2,
            classes: Attacks::usual(),
            cap: 20,
            caps: Vec::new(),
            exceptions: Vec::new(),
            code: false,
            markup: false,
            protected_fields: Vec::new(),
            schemas: Vec::new(),
            depth: l::FORMAT_DEPTH.default as u32,
            nodes: l::FORMAT_NODES.default as u32,
            decoded_bytes: l::DECODED_BYTES.default,
            layers: l::DECODE_LAYERS.default as u32,
            fanout: l::LEAF_FANOUT.default as u32,
            work: l::SCAN_WORK.default,
            plain: false,
        }
    }
}

impl Settings {
    /// The descriptor that a part's hint names.
    pub(super) fn schema(&self, hint: &str) -> Option<&Schema> {
        self.schemas.get(hint.strip_prefix("schema:")?.parse::<usize>().ok()?)
    }

    /// What this class can add.
    pub fn cap(&self, attack: Attack) -> u32 {
        self.caps.iter().find(|(class, _)| *class == attack).map_or(self.cap, |(_, cap)| *cap)
    }
}
