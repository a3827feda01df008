//! Imported rules, compiled together.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::super::literals;
use super::operator::Operator;
use super::spec::{CheckSpec, SecSpec, Subject};
use super::transform::{self, Transform};

/// What is wrong with a rule.
pub type SecError = String;

/// One step of the tree of transformations; step 0 is the text itself.
struct Step {
    parent: usize,
    name: String,
    transform: Transform,
}

struct Check {
    subject: Subject,
    capture: usize,
    transforms: Vec<Transform>,
    operator: Operator,
    negated: bool,
}

struct Rule {
    /// Its number in the engine.
    number: u16,
    names: bool,
    fields: bool,
    except: Vec<Vec<u8>>,
    /// The step whose text the first check reads; with `multiMatch`, every step on the way.
    steps: Vec<usize>,
    checks: Vec<Check>,
    /// Some check reads a group of the first pattern.
    groups: bool,
    /// No literal is required: it is tried on every text.
    always: bool,
}

/// What a rule found.
pub struct Found {
    /// The rule's number in the engine.
    pub number: u16,
    /// The bytes its first check matched, transformed.
    pub matched: Vec<u8>,
}

/// Imported rules, ready to run.
#[derive(Default)]
pub struct SecSet {
    steps: Vec<Step>,
    rules: Vec<Rule>,
    literals: Vec<Vec<u8>>,
    by_literal: Vec<Vec<usize>>,
    automaton: Option<AhoCorasick>,
}

impl SecSet {
    /// Adds one rule under its number in the engine.
    pub fn add(&mut self, number: u16, spec: &SecSpec) -> Result<(), SecError> {
        let Some((first, chained)) = spec.checks.split_first() else { return Err("it checks nothing".into()) };
        let mut at = 0;
        let mut steps = vec![0];
        for name in &first.transformations {
            at = self.step(at, name)?;
            steps.push(at);
        }
        if !spec.multi_match {
            steps = vec![at];
        }
        let mut checks = vec![check(first, Vec::new())?];
        for spec in chained {
            let transforms = spec.transformations.iter().map(|name| named(name)).collect::<Result<_, _>>()?;
            checks.push(check(spec, transforms)?);
        }
        let index = self.rules.len();
        let gate = gate(first);
        for literal in gate.iter().flatten() {
            let place = match self.literals.iter().position(|known| known == literal) {
                Some(place) => place,
                None => {
                    self.literals.push(literal.clone());
                    self.by_literal.push(Vec::new());
                    self.literals.len() - 1
                }
            };
            self.by_literal[place].push(index);
        }
        let looks = |place: &str| spec.places.iter().any(|known| known == place);
        self.rules.push(Rule {
            number,
            names: looks("names"),
            fields: looks("fields"),
            except: spec.except.iter().map(|name| name.as_bytes().to_vec()).collect(),
            steps,
            groups: checks.iter().any(|check| check.subject == Subject::Capture || reads_group(&check.operator)),
            checks,
            always: gate.is_none(),
        });
        Ok(())
    }

    /// Builds what is shared. Called once, after the last rule.
    pub fn finish(&mut self) -> Result<(), SecError> {
        if self.literals.is_empty() {
            return Ok(());
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&self.literals)
            .map_err(|error| error.to_string())?;
        self.automaton = Some(automaton);
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn step(&mut self, parent: usize, name: &str) -> Result<usize, SecError> {
        if let Some(at) = self.steps.iter().position(|step| step.parent == parent && step.name == name) {
            return Ok(at + 1);
        }
        self.steps.push(Step { parent, name: name.to_owned(), transform: named(name)? });
        Ok(self.steps.len())
    }

    /// Every rule that holds for this text. `name` is the field's own name, `key` whether the text is itself a name.
    pub fn run(&self, text: &[u8], key: bool, name: &[u8]) -> Vec<Found> {
        // Distinct texts, and which of them each step comes to.
        let mut texts: Vec<Vec<u8>> = vec![text.to_vec()];
        let mut of_step = vec![0usize];
        for step in &self.steps {
            let mut out = Vec::new();
            (step.transform)(&texts[of_step[step.parent]], &mut out);
            let place = texts.iter().position(|known| *known == out).unwrap_or_else(|| {
                texts.push(out);
                texts.len() - 1
            });
            of_step.push(place);
        }
        let marks: Vec<Vec<u64>> = texts.iter().map(|text| self.marks(text)).collect();
        let mut found = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            if !(if key { rule.names } else { rule.fields }) || rule.except.iter().any(|other| other == name) {
                continue;
            }
            for &step in &rule.steps {
                let place = of_step[step];
                let candidate = rule.always || marks[place][index >> 6] & (1 << (index & 63)) != 0;
                if candidate && let Some(matched) = rule.holds(text, &texts[place]) {
                    found.push(Found { number: rule.number, matched });
                    break;
                }
            }
        }
        found
    }

    fn marks(&self, text: &[u8]) -> Vec<u64> {
        let mut marks = vec![0u64; self.rules.len().div_ceil(64)];
        if let Some(automaton) = &self.automaton {
            for hit in automaton.find_overlapping_iter(text) {
                for rule in &self.by_literal[hit.pattern().as_usize()] {
                    marks[rule >> 6] |= 1 << (rule & 63);
                }
            }
        }
        marks
    }
}

impl Rule {
    fn holds(&self, text: &[u8], made: &[u8]) -> Option<Vec<u8>> {
        let mut groups = Vec::new();
        let first = &self.checks[0];
        let span = first.operator.find(made, &mut groups, self.groups);
        let span = match (span, first.negated) {
            (Some(span), false) => span,
            (None, true) => 0..made.len(),
            _ => return None,
        };
        let mut matched = made.to_vec();
        for check in &self.checks[1..] {
            let subject: &[u8] = match check.subject {
                Subject::Field => text,
                Subject::Matched => &matched,
                Subject::Capture => groups.get(check.capture)?.as_deref()?,
                // A rule on something that is not there does not run, negated or not.
                Subject::Absent => return None,
                Subject::CountOfAbsent => b"0",
            };
            let mut made = subject.to_vec();
            for transform in &check.transforms {
                let mut out = Vec::new();
                transform(&made, &mut out);
                made = out;
            }
            let mut inner = groups.clone();
            let holds = check.operator.find(&made, &mut inner, self.groups).is_some();
            if holds == check.negated {
                return None;
            }
            if matches!(check.operator, Operator::Rx(_)) && holds {
                groups = inner;
            }
            matched = made;
        }
        Some(made[span].to_vec())
    }
}

fn named(name: &str) -> Result<Transform, SecError> {
    transform::named(name).ok_or_else(|| format!("there is no transformation t:{name}"))
}

fn check(spec: &CheckSpec, transforms: Vec<Transform>) -> Result<Check, SecError> {
    Ok(Check {
        subject: spec.subject,
        capture: usize::from(spec.capture),
        transforms,
        operator: Operator::new(spec)?,
        negated: spec.negated,
    })
}

fn reads_group(operator: &Operator) -> bool {
    use super::operator::Argument::Capture;
    matches!(
        operator,
        Operator::Equal(Capture(_))
            | Operator::Contains(Capture(_))
            | Operator::Within(Capture(_))
            | Operator::Begins(Capture(_))
            | Operator::Ends(Capture(_))
    )
}

/// Literals, one of which is in every text the check holds for; none if it cannot be told.
fn gate(check: &CheckSpec) -> Option<Vec<Vec<u8>>> {
    if check.negated {
        return None;
    }
    match check.operator.as_str() {
        "rx" => {
            let hir = super::super::compile::parse(&format!("(?sm){}", check.argument)).ok()?;
            literals::required(&hir)
        }
        "pm" | "pmf" | "pmFromFile" => {
            Some(check.words.iter().map(|word| word.to_ascii_lowercase().into_bytes()).collect())
        }
        _ => None,
    }
}
