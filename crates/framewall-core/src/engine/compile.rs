//! From rules as data to something that runs: one automaton of literals, one pattern a rule.

use std::sync::atomic::{AtomicU64, Ordering};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_syntax::hir::Hir;

use super::confirm::Confirm;
use super::gates::{Gated, Gates};
use super::glob::Glob;
use super::literals::Clause;
use super::rule::{RuleSpec, Target};
use super::seclang::SecSet;
use super::views::{self, ByteSet};
use super::{Attack, literals};

/// What is wrong with a rule, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The rule's id, or where it stands.
    pub rule: String,
    /// What is wrong, for a person.
    pub why: String,
}

impl std::fmt::Display for RuleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.rule, self.why)
    }
}

impl std::error::Error for RuleError {}

/// Compiled patterns may not grow beyond this.
const PATTERN_BYTES: usize = 4 << 20;

pub(crate) struct Rule {
    pub id: Box<str>,
    pub attack: Attack,
    pub score: u32,
    pub key: bool,
    pub value: bool,
    pub paths: Vec<Glob>,
    /// Bit 0 is the leaf itself, bit n the view `ALL[n - 1]`.
    pub views: u32,
    pub pattern: Option<Regex>,
    pub unless: Option<Regex>,
    pub confirm: Option<Confirm>,
    pub strength: u8,
    /// The same where people write HTML.
    pub markup: u8,
    pub sensitivity: u8,
    pub code: bool,
    pub examples: super::rule::Examples,
}

/// The rules, compiled. Immutable; shared by every thread.
pub struct Engine {
    pub(crate) rules: Vec<Rule>,
    gates: Gates,
    pub(crate) by_anomaly: Vec<(String, u16)>,
    pub(crate) imported: SecSet,
    /// Whether some rules read only some views: then what is read need be told apart by that too.
    pub(crate) asks_views: bool,
    /// No other engine of this process has it.
    pub(crate) number: u64,
}

/// Engines made so far.
static ENGINES: AtomicU64 = AtomicU64::new(0);

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

impl Engine {
    /// Compiles rules; the first one that is wrong stops it.
    pub fn compile(specs: &[RuleSpec]) -> Result<Engine, RuleError> {
        let mut gates = Vec::new();
        let mut by_anomaly = Vec::new();
        let mut imported = SecSet::default();
        let mut rules = Vec::with_capacity(specs.len());
        for (index, spec) in specs.iter().enumerate() {
            let error = |why: String| RuleError { rule: spec.id.clone(), why };
            let number = u16::try_from(index).map_err(|_| error("too many rules".into()))?;
            if specs[..index].iter().any(|other| other.id == spec.id) {
                return Err(error("its id is taken".into()));
            }
            if let Some(checks) = &spec.seclang {
                imported.add(number, checks).map_err(error)?;
            } else if let Some(name) = &spec.anomaly {
                by_anomaly.push((name.clone(), number));
            } else {
                let tokenised = spec.pattern.is_none();
                gates.push(Gated { rule: number, clauses: gate(spec).map_err(error)?, tokenised });
            }
            rules.push(rule(spec).map_err(error)?);
        }
        let whole = |why: String| RuleError { rule: "all".into(), why };
        imported.finish().map_err(whole)?;
        let gates = Gates::new(&gates).map_err(whole)?;
        let asks_views = rules.iter().any(|rule| rule.views != u32::MAX);
        let number = ENGINES.fetch_add(1, Ordering::Relaxed);
        Ok(Engine { rules, gates, by_anomaly, imported, asks_views, number })
    }

    /// Compiles rules written as a JSON list.
    pub fn from_json(text: &str) -> Result<Engine, RuleError> {
        let specs: Vec<RuleSpec> =
            serde_json::from_str(text).map_err(|error| RuleError { rule: "rules".into(), why: error.to_string() })?;
        Engine::compile(&specs)
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Marks the rules that the text is worth trying.
    pub(crate) fn candidates(&self, text: &[u8], set: &ByteSet, marks: &mut [u64]) {
        self.gates.mark(text, set, marks);
    }
}

/// What must be in a text before this rule is tried, proven where there is a pattern.
fn gate(spec: &RuleSpec) -> Result<Vec<Clause>, String> {
    let given: Vec<Vec<u8>> = spec.literals.iter().map(|text| text.to_ascii_lowercase().into_bytes()).collect();
    if given.iter().any(Vec::is_empty) {
        return Err("a literal is empty".into());
    }
    match (&spec.pattern, given.is_empty()) {
        (Some(pattern), false) => {
            let hir = parse(pattern)?;
            // A tokeniser's literals are its own affair; a pattern must keep its promise.
            if !literals::implies(&hir, &given) {
                return Err("its pattern can match without any of its literals".into());
            }
            Ok(vec![vec![given]])
        }
        (Some(pattern), true) => literals::clauses(&parse(pattern)?)
            .ok_or_else(|| "its pattern requires no literal; no rule may run on every text".into()),
        (None, false) => Ok(vec![vec![given]]),
        (None, true) => Err("it has neither pattern nor literals nor anomaly".into()),
    }
}

fn options() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

pub(super) fn parse(pattern: &str) -> Result<Hir, String> {
    syntax::parse_with(pattern, &options()).map_err(|error| format!("its pattern does not parse: {error}"))
}

pub(super) fn regex(pattern: &str) -> Result<Regex, String> {
    let config = Regex::config()
        .nfa_size_limit(Some(PATTERN_BYTES))
        .hybrid_cache_capacity(2 << 20)
        .onepass(false)
        .backtrack(false)
        .utf8_empty(false);
    Regex::builder()
        .configure(config)
        .syntax(options())
        .build(pattern)
        .map_err(|error| format!("its pattern is not one that runs in linear time and bounded memory: {error}"))
}

fn rule(spec: &RuleSpec) -> Result<Rule, String> {
    if !(1..=3).contains(&spec.sensitivity) {
        return Err("sensitivity is 1, 2 or 3".into());
    }
    let mut mask = if spec.views.is_empty() { u32::MAX } else { 0 };
    for name in &spec.views {
        let place = views::ALL.iter().position(|view| view.name == name);
        mask |= match place {
            _ if name == "raw" => 1,
            Some(place) => 2 << place,
            None => return Err(format!("there is no view {name:?}")),
        };
    }
    let confirm = match &spec.confirm {
        Some(name) => Some(Confirm::named(name).ok_or_else(|| format!("there is no tokeniser {name:?}"))?),
        None => None,
    };
    Ok(Rule {
        id: spec.id.as_str().into(),
        attack: spec.attack,
        score: spec.score,
        key: spec.targets.contains(&Target::Key),
        value: spec.targets.contains(&Target::Value),
        paths: spec.paths.iter().map(|glob| Glob::new(glob)).collect(),
        views: mask,
        pattern: spec.pattern.as_deref().map(regex).transpose()?,
        unless: spec.unless.as_deref().map(regex).transpose()?,
        confirm,
        strength: spec.strength,
        markup: spec.markup.unwrap_or(spec.strength),
        sensitivity: spec.sensitivity,
        code: spec.code,
        examples: spec.examples.clone(),
    })
}
