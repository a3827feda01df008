//! Detection: leaves → views → one multi-pattern pass → confirmers → findings. Native, linear, no GIL.
//!
//! One implementation for the Inspector, the relay's screen and the nginx module.

use std::collections::HashMap;
use std::ops::Range;

use crate::formats::{Path, Role};

mod attack;
mod belief;
mod compile;
mod confirm;
mod examples;
mod gates;
mod glob;
mod graphql;
mod inspect;
mod literals;
mod rule;
mod scan;
pub mod seclang;
mod settings;
pub mod tokens;
pub mod views;

pub use attack::{Attack, Attacks};
pub use compile::{Engine, RuleError};
pub use examples::Broken;
pub use glob::Glob;
pub(crate) use inspect::Look;
pub use rule::{Examples, RuleSpec, Target};
pub use settings::{Exception, Schema, Settings};

/// A piece of a packet to be judged: bytes, and what the decoder knows of them.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The raw bytes.
    pub bytes: &'a [u8],
    /// A format's name, `text` for a lone string, `schema:0` for the first of the settings' descriptors, or `auto` to
    /// sniff. A hint adds a reading, it never removes one.
    pub hint: &'a str,
    /// Whether this part is itself a name (an event name, a header name).
    pub role: Role,
}

/// One rule matched one leaf.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The class.
    pub attack: Attack,
    /// The rule's id.
    pub rule: Box<str>,
    /// What it adds to the message's score.
    pub score: u32,
    /// Which [`Part`] it was in.
    pub part: usize,
    /// From the part's root to the leaf; documents nested in leaves continue the path.
    pub path: Path,
    /// Key or value.
    pub role: Role,
    /// Formats and views from outside in: `["json", "base64", "percent"]`.
    pub chain: Vec<&'static str>,
    /// The matched bytes, as the last view shows them.
    pub matched: Vec<u8>,
    /// Where the leaf stands in the part, raw, when it can be told.
    pub span: Option<Range<usize>>,
}

/// What the engine says of one message.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sum of the findings' scores, capped by class.
    pub score: u32,
    /// All findings, strongest first.
    pub findings: Vec<Finding>,
    /// Scanning work that it took, in the units of `scan_work`.
    pub work: u64,
}

/// Memory that one thread keeps between messages.
#[derive(Default)]
pub struct Scratch {
    found: Vec<u64>,
    marks: Vec<u64>,
    forms: scan::Forms,
    clean: scan::CleanLeaves,
    known: scan::KnownLeaves,
    changes: Vec<views::Change>,
    spare: Vec<Vec<u8>>,
    /// By rule, of the engine of this number alone.
    caches: HashMap<u16, regex_automata::meta::Cache>,
    engine: u64,
}

impl Scratch {
    /// Begins with a message: what patterns have built up is of use to their own engine alone.
    fn begin(&mut self, engine: u64) {
        if self.engine != engine {
            self.caches.clear();
            self.engine = engine;
        }
    }

    /// Bytes that patterns have built up in it. They grow with what messages make the patterns do, each up to its own
    /// cap; all together only by whoever keeps the scratch.
    pub fn built_up(&self) -> usize {
        self.caches.values().map(regex_automata::meta::Cache::memory_usage).sum()
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Scratch").finish_non_exhaustive()
    }
}
