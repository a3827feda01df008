//! A rule of SecLang as the importer writes it.

use serde::Deserialize;

/// The checks of one rule and its chain: all must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecSpec {
    /// The rule's own check, then those chained to it.
    pub checks: Vec<CheckSpec>,
    /// Where it looks: `fields`, `names`, `headers`, `cookies`, `path`, `files`.
    pub places: Vec<String>,
    /// Names of fields it does not look at, in lower case.
    #[serde(default)]
    pub except: Vec<String>,
    /// The first operator is tried after every transformation.
    #[serde(default)]
    pub multi_match: bool,
}

/// What a check reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The field.
    #[default]
    Field,
    /// What the check before it matched on (`MATCHED_VAR`).
    Matched,
    /// A group of the first check's pattern (`TX:1`).
    Capture,
    /// Something no message has, such as its `Referer`.
    Absent,
    /// How many of those there are: none.
    CountOfAbsent,
}

/// One check.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSpec {
    /// What it reads.
    #[serde(default)]
    pub subject: Subject,
    /// Which group, where a group is read.
    #[serde(default)]
    pub capture: u8,
    /// Transformations by name, in order.
    #[serde(default)]
    pub transformations: Vec<String>,
    /// The operator's name.
    pub operator: String,
    /// Its argument.
    #[serde(default)]
    pub argument: String,
    /// The words of `pm` and `pmFromFile`.
    #[serde(default)]
    pub words: Vec<String>,
    /// Whether it must not hold.
    #[serde(default)]
    pub negated: bool,
}
