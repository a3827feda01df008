//! A rule as the data files write it.

use serde::Deserialize;

use super::Attack;

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Names: object keys, event names, header names.
    Key,
    /// Everything else.
    Value,
}

/// One rule. The data files hold these and nothing else.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// `class.what-it-finds`, unique.
    pub id: String,
    /// The class.
    pub attack: Attack,
    /// What it adds to the message's score.
    pub score: u32,
    /// What it looks at.
    #[serde(default = "both")]
    pub targets: Vec<Target>,
    /// Path globs, one of which the leaf must match; empty for all.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Views it is read in; empty for all. `raw` is the leaf as the format gave it.
    #[serde(default)]
    pub views: Vec<String>,
    /// One of these must be in the text (ASCII case ignored) before anything else is tried. Left empty, they are
    /// taken from the pattern; given, the pattern must imply them. A single byte is a gate of its own.
    #[serde(default)]
    pub literals: Vec<String>,
    /// A linear regular expression over bytes: no look-around, no back-references, no Unicode classes.
    #[serde(default)]
    pub pattern: Option<String>,
    /// A pattern that excuses: a leaf that matches it is not found by this rule.
    #[serde(default)]
    pub unless: Option<String>,
    /// The tokeniser that has the last word.
    #[serde(default)]
    pub confirm: Option<String>,
    /// How sure the tokeniser must be, 1 to 100; above 50, an anomaly counts only in a reading that is no guess.
    #[serde(default = "sure")]
    pub strength: u8,
    /// How sure it must be where people write HTML; as sure as elsewhere, if not given.
    #[serde(default)]
    pub markup: Option<u8>,
    /// The walker's word for a structure that is an attack in itself; such a rule needs no pattern.
    #[serde(default)]
    pub anomaly: Option<String>,
    /// The checks of a rule imported from SecLang; they take the place of literals, pattern and tokeniser.
    #[serde(default)]
    pub seclang: Option<super::seclang::SecSpec>,
    /// From which sensitivity on it is used: 1 always, 2 by default, 3 where false alarms are tolerated.
    #[serde(default = "one")]
    pub sensitivity: u8,
    /// Whether it is also used where people share code.
    #[serde(default = "yes")]
    pub code: bool,
    /// CWE, OWASP, RFC.
    #[serde(default)]
    pub references: Vec<String>,
    /// Messages that it must find, and must not find.
    #[serde(default)]
    pub examples: Examples,
}

/// Examples that are run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Must be found by this rule.
    #[serde(default, rename = "match")]
    pub matching: Vec<String>,
    /// Must not be found by this rule.
    #[serde(default, rename = "pass")]
    pub passing: Vec<String>,
}

fn both() -> Vec<Target> {
    vec![Target::Key, Target::Value]
}

fn one() -> u8 {
    1
}

fn sure() -> u8 {
    super::tokens::SURE
}

fn yes() -> bool {
    true
}
