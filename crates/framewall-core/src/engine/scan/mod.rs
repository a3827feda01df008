//! One message being judged: its leaves in every view, the rules in each, everything charged to one budget.

use std::ops::Range;

use super::compile::Engine;
use super::inspect::Document;
use super::settings::Settings;
use super::views;
use super::{Attack, Finding, Scratch};
use crate::formats::{Path, Role};
use crate::limits::Limit;

mod arguments;
mod findings;
mod forms;
mod known;
mod nested;
mod noise;
mod places;
mod seen;
#[cfg(test)]
mod tests;
mod windows;
mod work;

pub(super) use forms::Forms;
pub(super) use known::KnownLeaves;
pub(super) use noise::is_noise;
pub(super) use seen::CleanLeaves;
pub(super) use work::{BYTES_SHARE, NODES_SHARE, more};

/// More than any message has, and far from overflowing.
pub(super) const UNBOUNDED: u64 = u64::MAX >> 2;

/// Whether documents may be looked for in a text itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fresh {
    /// It was just read as one.
    No,
    /// Only if it is likely one.
    Likely,
    Yes,
}

/// Where a text stands.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub part: usize,
    pub path: &'a Path,
    pub role: Role,
    pub span: Option<Range<usize>>,
    pub chain: &'a [&'static str],
}

/// One message being judged.
pub(super) struct Scan<'a> {
    engine: &'a Engine,
    settings: &'a Settings,
    scratch: &'a mut Scratch,
    pub queue: Vec<Document>,
    nested: nested::Nested,
    findings: Vec<Finding>,
    further: Vec<Finding>,
    scores: Vec<(Attack, u32)>,
    limits: Vec<Limit>,
    /// The views, in the order in which they are tried.
    order: &'a [u8],
    /// Whether the form being read is mostly no text.
    noise: bool,
    /// Whether the leaf that it was made of is.
    noise_around: bool,
    /// Whether nothing was found in the leaf being read, nor might have been but for a rule that was found before.
    clean: bool,
    /// Whether what was found of the leaf being read would be found of it in any other place of the message.
    anywhere: bool,
    /// Whether that leaf is a message of fields: the texts in it are leaves, and what is around them is noise.
    fields: bool,
    /// Work that is not done on this part, because it reached a limit or is an attack.
    withheld: u64,
    /// Work that may still be done, and what was.
    work: u64,
    worked: u64,
    /// Bytes of this part.
    length: u64,
    bytes: u64,
    /// Findings after which it ends.
    most: usize,
    /// Whether a cap has left something unread, reported or not.
    cut: bool,
}

impl<'a> Scan<'a> {
    /// What the route asks for.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    pub fn new(engine: &'a Engine, settings: &'a Settings, scratch: &'a mut Scratch) -> Scan<'a> {
        let words = engine.rules.len().div_ceil(64);
        scratch.found.clear();
        scratch.found.resize(words, 0);
        scratch.marks.clear();
        scratch.marks.resize(words, 0);
        scratch.begin(engine.number);
        scratch.clean.begin();
        scratch.known.begin(engine, settings);
        Scan {
            engine,
            settings,
            scratch,
            queue: Vec::new(),
            nested: nested::Nested::default(),
            findings: Vec::new(),
            further: Vec::new(),
            scores: Vec::new(),
            limits: Vec::new(),
            order: &views::ORDER,
            noise: false,
            clean: true,
            anywhere: true,
            noise_around: false,
            fields: false,
            withheld: 0,
            work: settings.work,
            worked: 0,
            length: 0,
            bytes: if settings.plain { UNBOUNDED } else { settings.decoded_bytes },
            most: findings::KEPT,
            cut: false,
        }
    }

    /// Makes it one that ends at the first finding, and may cost this much.
    pub fn shorten(&mut self, work: u64) {
        self.most = 1;
        self.work = self.work.min(work);
    }

    /// Whether all was read, and nothing found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && !self.cut && self.work > 0
    }
}
