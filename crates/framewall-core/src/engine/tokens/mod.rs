//! Tokenisers: each reads a leaf as one language would and says how much of it acts.
//!
//! They confirm what a pattern suspects, so that words alone never block. All are pure, linear, iterative and free of
//! allocation; none of them decodes: views are made before.

pub mod html;
pub mod jndi;
pub mod js;
pub mod ldap;
pub mod path;
mod search;
pub mod shell;
pub mod sql;
pub mod template;
pub mod url;
pub mod xpath;

use std::ops::Range;

/// At this strength and above, a hit is an attack on its own; below, it only supports other evidence.
pub const SURE: u8 = 50;

/// What a tokeniser found: the strongest place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The bytes of the text that act.
    pub span: Range<usize>,
    /// 1..=100; see [`SURE`].
    pub strength: u8,
    /// What it is, in a few words.
    pub reason: &'static str,
}

/// Collects hits and keeps the strongest, the earliest of equals.
#[derive(Default)]
struct Best(Option<Hit>);

impl Best {
    fn offer(&mut self, strength: u8, span: Range<usize>, reason: &'static str) {
        if strength > self.strength() {
            self.0 = Some(Hit { span, strength: strength.min(100), reason });
        }
    }

    fn merge(&mut self, other: Option<Hit>) {
        if let Some(hit) = other {
            self.offer(hit.strength, hit.span, hit.reason);
        }
    }

    fn strength(&self) -> u8 {
        self.0.as_ref().map_or(0, |hit| hit.strength)
    }
}
