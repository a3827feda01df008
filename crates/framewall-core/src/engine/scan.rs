//! One leaf: its views, breadth first, and the rules in each of them.

use std::ops::{ControlFlow, Range};

use regex_automata::Input;

use super::compile::{Engine, Rule};
use super::inspect::{Document, excepted, nests};
use super::settings::Settings;
use super::views::{self, ByteSet};
use super::{Attack, Finding, Report, Scratch};
use crate::formats::{Path, Role};
use crate::limits::{self, Limit};

/// Findings of one message that are kept.
const KEPT: usize = 64;
/// Matched bytes that are kept.
const SHOWN: usize = 256;

/// Where a text stands.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub part: usize,
    pub path: &'a Path,
    pub role: Role,
    pub span: Option<Range<usize>>,
    pub chain: &'a [&'static str],
}

/// One form of a leaf: a view's output and the views that led to it.
pub(super) struct Form {
    text: Vec<u8>,
    chain: Vec<u8>,
}

/// One message being judged.
pub(super) struct Scan<'a> {
    engine: &'a Engine,
    settings: &'a Settings,
    scratch: &'a mut Scratch,
    pub queue: Vec<Document>,
    findings: Vec<Finding>,
    scores: Vec<(Attack, u32)>,
    limits: Vec<Limit>,
    work: u64,
    bytes: u64,
}

impl<'a> Scan<'a> {
    pub fn new(engine: &'a Engine, settings: &'a Settings, scratch: &'a mut Scratch) -> Scan<'a> {
        let words = engine.rules.len().div_ceil(64);
        scratch.found.clear();
        scratch.found.resize(words, 0);
        scratch.marks.clear();
        scratch.marks.resize(words, 0);
        Scan {
            engine,
            settings,
            scratch,
            queue: Vec::new(),
            findings: Vec::new(),
            scores: Vec::new(),
            limits: Vec::new(),
            work: settings.work,
            bytes: settings.decoded_bytes,
        }
    }

    /// Whether to go on: not once the work is spent or more findings than anyone reads are there.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.work == 0 || self.findings.len() >= KEPT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Sum of the scores, capped by class, and the findings, strongest first.
    pub fn report(mut self) -> Report {
        self.findings.sort_by(|one, other| other.score.cmp(&one.score));
        let score = self.scores.iter().map(|(attack, score)| (*score).min(self.settings.cap(*attack))).sum();
        Report { score, findings: self.findings }
    }

    /// A cap was reached.
    pub fn limit(&mut self, limit: Limit, place: &Place<'_>) {
        if self.limits.contains(&limit) || !self.settings.classes.has(Attack::DataBomb) {
            return;
        }
        self.limits.push(limit);
        let rule = format!("data_bomb.{}", limit.name);
        self.find(Attack::DataBomb, &rule, self.settings.threshold.max(5), place, &[], b"", 0..0);
    }

    /// A walker saw a structure that is wrong in itself.
    pub fn structure(&mut self, name: &'static str, place: &Place<'_>) {
        let engine = self.engine;
        for (_, number) in engine.by_anomaly.iter().filter(|(known, _)| known == name) {
            let rule = &engine.rules[usize::from(*number)];
            if self.wanted(rule, place) && self.once(*number) {
                self.find(rule.attack, &rule.id, rule.score, place, &[], name.as_bytes(), 0..name.len());
            }
        }
    }

    /// A name that the route protects.
    pub fn key(&mut self, name: &[u8], place: &Place<'_>) {
        if !self.settings.protected_fields.is_empty()
            && self.settings.classes.has(Attack::MassAssignment)
            && self.settings.protected_fields.iter().any(|glob| glob.matches(name))
        {
            let all = 0..name.len();
            self.find(Attack::MassAssignment, "mass_assignment.protected-field", 5, place, &[], name, all);
        }
    }

    /// Judges one text in every view. `fresh`: whether documents may be looked for in the text itself.
    pub fn leaf(&mut self, text: &[u8], place: Place<'_>, fresh: bool) {
        let mut forms = std::mem::take(&mut self.scratch.forms);
        let mut seen = std::mem::take(&mut self.scratch.seen);
        forms.clear();
        seen.clear();
        seen.push(hash(text));
        self.form(text, &[], &place, fresh, &mut forms, &mut seen);
        let mut at = 0;
        while at < forms.len() && self.flow().is_continue() {
            let Form { text, chain } = std::mem::replace(&mut forms[at], Form { text: Vec::new(), chain: Vec::new() });
            self.form(&text, &chain, &place, true, &mut forms, &mut seen);
            at += 1;
        }
        self.scratch.forms = forms;
        self.scratch.seen = seen;
    }

    fn form(
        &mut self,
        text: &[u8],
        chain: &[u8],
        place: &Place<'_>,
        fresh: bool,
        forms: &mut Vec<Form>,
        seen: &mut Vec<u64>,
    ) {
        let set = ByteSet::of(text);
        let last = chain.last().map_or(0, |view| view + 1);
        self.rules(text, &set, 1 << last, chain, place);
        if chain.last().is_some_and(|view| views::ALL[usize::from(*view)].last) {
            return;
        }
        const WORDS: ByteSet = ByteSet::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,!?_-:;()\r\n\t");
        if set.within(&WORDS) && (set.has(b' ') || text.len() < 8) {
            return;
        }
        let depth = place.chain.len() + chain.len();
        if fresh && nests(text) {
            self.nest(text, chain, place, depth);
        }
        for (number, view) in views::ALL.iter().enumerate() {
            if (view.needs)(&set, text) {
                self.view(number as u8, text, chain, place, depth, forms, seen);
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn view(
        &mut self,
        number: u8,
        text: &[u8],
        chain: &[u8],
        place: &Place<'_>,
        depth: usize,
        forms: &mut Vec<Form>,
        seen: &mut Vec<u64>,
    ) {
        let view = &views::ALL[usize::from(number)];
        let mut out = self.scratch.spare.pop().unwrap_or_default();
        out.clear();
        if !(view.make)(text, &mut out) || out.is_empty() || out == text {
            self.scratch.spare.push(out);
            return;
        }
        let mark = hash(&out);
        if seen.contains(&mark) {
            self.scratch.spare.push(out);
            return;
        }
        if depth >= self.settings.layers as usize && !view.last {
            if matches!(view.name, "percent" | "html" | "base64" | "gzip" | "zlib") {
                self.limit(limits::DECODE_LAYERS, place);
            }
            return;
        }
        if forms.len() >= self.settings.fanout as usize {
            self.limit(limits::LEAF_FANOUT, place);
            return;
        }
        let Some(left) = self.bytes.checked_sub(out.len() as u64) else {
            self.limit(limits::DECODED_BYTES, place);
            return;
        };
        self.bytes = left;
        seen.push(mark);
        forms.push(Form { text: out, chain: chain.iter().copied().chain([number]).collect() });
    }

    /// Puts a document that was found in a leaf on the queue.
    fn nest(&mut self, text: &[u8], chain: &[u8], place: &Place<'_>, depth: usize) {
        if depth >= self.settings.layers as usize {
            return self.limit(limits::DECODE_LAYERS, place);
        }
        let Some(left) = self.bytes.checked_sub(text.len() as u64) else {
            return self.limit(limits::DECODED_BYTES, place);
        };
        self.bytes = left;
        self.queue.push(Document {
            bytes: text.to_vec(),
            hint: "auto",
            part: place.part,
            path: place.path.clone(),
            role: place.role,
            chain: names(place.chain, chain),
            scanned: true,
            whole: false,
        });
    }

    fn rules(&mut self, text: &[u8], set: &ByteSet, view: u32, chain: &[u8], place: &Place<'_>) {
        if !self.charge(text.len() as u64, place) {
            return;
        }
        let engine = self.engine;
        let mut marks = std::mem::take(&mut self.scratch.marks);
        marks.fill(0);
        engine.candidates(text, set, &mut marks);
        for word in 0..marks.len() {
            let mut left = marks[word] & !self.scratch.found[word];
            while left != 0 {
                let number = (word * 64) as u16 + left.trailing_zeros() as u16;
                left &= left - 1;
                let rule = &engine.rules[usize::from(number)];
                if rule.views & view == 0 || !self.wanted(rule, place) {
                    continue;
                }
                if let Some(span) = self.matches(rule, number, text, place)
                    && !excepted(self.settings, rule.attack, &rule.id, place.path)
                    && self.once(number)
                {
                    self.find(rule.attack, &rule.id, rule.score, place, chain, text, span);
                }
            }
        }
        self.scratch.marks = marks;
    }

    fn wanted(&self, rule: &Rule, place: &Place<'_>) -> bool {
        let role = match place.role {
            Role::Key => rule.key,
            Role::Value => rule.value,
        };
        role && rule.sensitivity <= self.settings.sensitivity
            && self.settings.classes.has(rule.attack)
            && (rule.code || !self.settings.code)
            && (rule.paths.is_empty() || self.path_fits(rule, place))
    }

    fn path_fits(&self, rule: &Rule, place: &Place<'_>) -> bool {
        let mut text = Vec::new();
        super::glob::render(place.path, &mut text);
        rule.paths.iter().any(|glob| glob.matches(&text))
    }

    fn matches(&mut self, rule: &Rule, number: u16, text: &[u8], place: &Place<'_>) -> Option<Range<usize>> {
        if !self.charge(text.len() as u64, place) {
            return None;
        }
        let span = match &rule.pattern {
            Some(pattern) => {
                let cache = self.scratch.caches.entry(number).or_insert_with(|| pattern.create_cache());
                pattern.search_with(cache, &Input::new(text))?.range()
            }
            None => 0..text.len(),
        };
        if rule.unless.as_ref().is_some_and(|pattern| pattern.is_match(text)) {
            return None;
        }
        match rule.confirm {
            Some(confirm) => {
                let sure = confirm.judge(text).filter(|sure| sure.strength >= rule.strength)?;
                Some(sure.span)
            }
            None => Some(span),
        }
    }

    fn charge(&mut self, work: u64, place: &Place<'_>) -> bool {
        if self.work == 0 {
            return false;
        }
        self.work = self.work.saturating_sub(work);
        if self.work == 0 {
            self.limit(limits::SCAN_WORK, place);
        }
        true
    }

    fn once(&mut self, number: u16) -> bool {
        let (word, bit) = (usize::from(number) >> 6, 1 << (number & 63));
        let new = self.scratch.found[word] & bit == 0;
        self.scratch.found[word] |= bit;
        new
    }

    #[allow(clippy::too_many_arguments)]
    fn find(
        &mut self,
        attack: Attack,
        rule: &str,
        score: u32,
        place: &Place<'_>,
        chain: &[u8],
        text: &[u8],
        span: Range<usize>,
    ) {
        match self.scores.iter_mut().find(|(class, _)| *class == attack) {
            Some((_, sum)) => *sum += score,
            None => self.scores.push((attack, score)),
        }
        let matched = &text[span.start..span.end.min(span.start + SHOWN)];
        self.findings.push(Finding {
            attack,
            rule: rule.into(),
            score,
            part: place.part,
            path: place.path.clone(),
            role: place.role,
            chain: names(place.chain, chain),
            matched: matched.to_vec(),
            span: place.span.clone(),
        });
    }
}

fn names(outer: &[&'static str], views: &[u8]) -> Vec<&'static str> {
    outer.iter().copied().chain(views.iter().map(|view| self::views::ALL[usize::from(*view)].name)).collect()
}

/// Tells forms apart; eight bytes a step.
fn hash(text: &[u8]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = text.len() as u64 ^ K;
    let mut chunks = text.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        state = (state.rotate_left(5) ^ word).wrapping_mul(K);
    }
    for byte in chunks.remainder() {
        state = (state.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(K);
    }
    state
}
