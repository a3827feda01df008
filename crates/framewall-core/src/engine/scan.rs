//! One leaf: its views, breadth first, and the rules in each of them.

use std::cmp::Reverse;
use std::ops::{ControlFlow, Range};

use regex_automata::Input;

use super::compile::{Engine, Rule};
use super::inspect::{Document, excepted, is_binary_document, nests};
use super::settings::Settings;
use super::tokens::Hit;
use super::views::{self, ByteSet};
use super::{Attack, Finding, Report, Scratch};
use crate::formats::jwt::is_token;
use crate::formats::{Path, Role, Segment};
use crate::limits::{self, Limit};

/// Findings of one message that are kept.
const KEPT: usize = 64;
/// Further places of findings, as other readings name them.
const FURTHER: usize = 32;
/// Matched bytes that are kept.
const SHOWN: usize = 256;

/// Printable characters in a row that random bytes seldom hold.
const WORDS: usize = 10;

/// Longer texts are read in windows of this size, so that a rule runs only near its literals.
const WINDOW: usize = 4096;
/// How much of a window the next one repeats.
const OVERLAP: usize = 512;
/// What tokenisers read before a window that is not the first: they are not to take it for the start of a text.
const PROSE: &[u8] = b"and so it goes on ";

/// Work that is still done on a message that a reached limit blocks: about some milliseconds.
const AFTER_BOMB: u64 = 2 << 20;

/// Work of one leaf, however short.
const LEAF: u64 = 256;
/// Work of one byte under the literals, a pattern, a tokeniser, a view: about nanoseconds.
const LITERALS: u64 = 2;
const PATTERN: u64 = 2;
const TOKENISER: u64 = 10;
const VIEW: u64 = 2;

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
    further: Vec<Finding>,
    scores: Vec<(Attack, u32)>,
    limits: Vec<Limit>,
    /// Whether the form being read is mostly no text.
    noise: bool,
    /// Work that is not done on this part, because it reached a limit.
    withheld: u64,
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
            further: Vec::new(),
            scores: Vec::new(),
            limits: Vec::new(),
            noise: false,
            withheld: 0,
            work: settings.work,
            bytes: settings.decoded_bytes,
        }
    }

    /// The next part begins: a bomb in the one before takes nothing from it.
    pub fn part(&mut self) {
        self.work += std::mem::take(&mut self.withheld);
    }

    /// Whether to go on: not once the work is spent or more findings than anyone reads are there.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.work == 0 || self.findings.len() >= KEPT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Sum of the scores, capped by class, and the findings, strongest first; of equal ones the most exactly placed.
    pub fn report(mut self) -> Report {
        self.findings.append(&mut self.further);
        self.findings.sort_by_key(|finding| (Reverse(finding.score), Reverse(finding.path.len()), finding.chain.len()));
        self.findings.truncate(KEPT);
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
        if self.settings.cap(Attack::DataBomb) >= self.settings.threshold && self.work > AFTER_BOMB {
            self.withheld = self.work - AFTER_BOMB;
            self.work = AFTER_BOMB;
        }
        self.find(Attack::DataBomb, &rule, self.settings.threshold.max(5), place, &[], b"", 0..0);
    }

    /// A walker saw a structure that is wrong in itself.
    pub fn structure(&mut self, name: &'static str, sure: bool, place: &Place<'_>) {
        let engine = self.engine;
        for (_, number) in engine.by_anomaly.iter().filter(|(known, _)| known == name) {
            let rule = &engine.rules[usize::from(*number)];
            if (sure || rule.strength <= super::tokens::SURE) && self.wanted(rule, place) && self.once(*number) {
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

    /// Judges one text in every view.
    pub fn leaf(&mut self, text: &[u8], place: Place<'_>, fresh: Fresh) {
        if self.work(LEAF, &place).is_none() {
            return;
        }
        let mut forms = std::mem::take(&mut self.scratch.forms);
        let mut seen = std::mem::take(&mut self.scratch.seen);
        forms.clear();
        seen.clear();
        seen.push(hash(text));
        self.form(text, &[], &place, fresh, &mut forms, &mut seen);
        let mut at = 0;
        while at < forms.len() && self.flow().is_continue() {
            let Form { text, chain } = std::mem::replace(&mut forms[at], Form { text: Vec::new(), chain: Vec::new() });
            let fresh = if fresh == Fresh::No { Fresh::Yes } else { fresh };
            self.form(&text, &chain, &place, fresh, &mut forms, &mut seen);
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
        fresh: Fresh,
        forms: &mut Vec<Form>,
        seen: &mut Vec<u64>,
    ) {
        let set = ByteSet::of(text);
        let last = chain.last().map_or(0, |view| view + 1);
        self.noise = set.beyond_ascii() && is_noise(text);
        self.rules(text, &set, 1 << last, chain, place);
        if chain.is_empty() && !self.engine.imported.is_empty() {
            self.imported(text, place);
        }
        if chain.last().is_some_and(|view| views::ALL[usize::from(*view)].last) {
            return;
        }
        const PLAIN: ByteSet = ByteSet::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,!?_-:;()\r\n\t");
        if set.within(&PLAIN) && (set.has(b' ') || text.len() < 8) {
            return;
        }
        let depth = place.chain.len() + chain.len();
        if fresh != Fresh::No && nests(text, fresh == Fresh::Yes) {
            self.nest(text, chain, place, depth, fresh);
            // Its leaves, and whatever cannot be read of it, get their views there; here they would be made twice.
            if !chain.is_empty() && matches!(text, [b'{', b'"', ..] | [b'[', b'"' | b'{', ..]) {
                return;
            }
        }
        // A token is read by its walker, which knows where its parts' leaves are.
        let token = set.has(b'.') && is_token(text);
        // Noise can be respelt in every combination; one is enough to find what stands in it.
        let respelt = self.noise && !chain.is_empty();
        for (number, view) in views::ALL.iter().enumerate() {
            if token && matches!(view.name, "jwt" | "base64")
                || respelt && !view.unpacks && view.name != "overlong"
                || view.name == "nul" && set.controls() && is_binary_document(text)
            {
                continue;
            }
            if (view.needs)(&set, text) && self.work(VIEW * text.len() as u64, place).is_some() {
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
            if matches!(view.name, "percent" | "html" | "base64" | "gzip" | "zlib") && textual(text) {
                self.limit(limits::DECODE_LAYERS, place);
            }
            return;
        }
        if forms.len() >= self.settings.fanout as usize {
            if textual(text) {
                self.limit(limits::LEAF_FANOUT, place);
            }
            return;
        }
        if view.unpacks && views::is_cut(text, &out) {
            self.limit(limits::DECODED_BYTES, place);
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
    fn nest(&mut self, text: &[u8], chain: &[u8], place: &Place<'_>, depth: usize, fresh: Fresh) {
        if depth >= self.settings.layers as usize {
            if fresh == Fresh::Yes && textual(text) {
                self.limit(limits::DECODE_LAYERS, place);
            }
            return;
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
        if text.len() <= WINDOW {
            return self.window(text, 0..text.len(), set, view, chain, place);
        }
        let mut start = 0;
        while start + OVERLAP < text.len() && self.flow().is_continue() {
            let window = start..text.len().min(start + WINDOW);
            let set = ByteSet::of(&text[window.clone()]);
            self.window(text, window, &set, view, chain, place);
            start += WINDOW - OVERLAP;
        }
    }

    fn window(&mut self, text: &[u8], window: Range<usize>, set: &ByteSet, view: u32, chain: &[u8], place: &Place<'_>) {
        if self.work(LITERALS * window.len() as u64, place).is_none() {
            return;
        }
        let engine = self.engine;
        let classes = chain.last().map_or(&[][..], |view| views::ALL[usize::from(*view)].classes);
        let mut marks = std::mem::take(&mut self.scratch.marks);
        marks.fill(0);
        engine.candidates(&text[window.clone()], set, &mut marks);
        let sharper = place.chain.len() > 1 && self.further.len() < FURTHER;
        for (word, marked) in marks.iter().enumerate() {
            let mut left = if sharper { *marked } else { *marked & !self.scratch.found[word] };
            while left != 0 {
                let number = (word * 64) as u16 + left.trailing_zeros() as u16;
                left &= left - 1;
                let rule = &engine.rules[usize::from(number)];
                if rule.views & view == 0
                    || !self.wanted(rule, place)
                    || !(classes.is_empty() || classes.contains(&rule.attack))
                {
                    continue;
                }
                if let Some(span) = self.matches(rule, number, text, &window, place)
                    && !excepted(self.settings, rule.attack, &rule.id, place.path)
                {
                    if self.once(number) {
                        self.find(rule.attack, &rule.id, rule.score, place, chain, text, span);
                    } else if sharper {
                        self.sharpen(rule, place, chain, text, span);
                    }
                }
            }
        }
        self.scratch.marks = marks;
    }

    /// Rules imported from SecLang: they bring their own views, so they read the leaf alone.
    fn imported(&mut self, text: &[u8], place: &Place<'_>) {
        // Their transformations and the patterns without a literal cost about as much as a few tokenisers.
        if self.work(4 * TOKENISER * text.len() as u64, place).is_none() {
            return;
        }
        let engine = self.engine;
        let mut path = Vec::new();
        super::glob::render(place.path, &mut path);
        path.make_ascii_lowercase();
        let name = path.rsplit(|byte| matches!(byte, b'.' | b'[')).next().unwrap_or(b"");
        for found in engine.imported.run(text, place.role == Role::Key, name) {
            let rule = &engine.rules[usize::from(found.number)];
            if self.wanted(rule, place)
                && !excepted(self.settings, rule.attack, &rule.id, place.path)
                && self.once(found.number)
            {
                let span = 0..found.matched.len();
                self.find(rule.attack, &rule.id, rule.score, place, &[], &found.matched, span);
            }
        }
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

    fn matches(
        &mut self,
        rule: &Rule,
        number: u16,
        text: &[u8],
        window: &Range<usize>,
        place: &Place<'_>,
    ) -> Option<Range<usize>> {
        let span = match &rule.pattern {
            Some(pattern) => {
                self.work(PATTERN * window.len() as u64, place)?;
                let cache = self.scratch.caches.entry(number).or_insert_with(|| pattern.create_cache());
                pattern.search_with(cache, &Input::new(text).range(window.clone()))?.range()
            }
            None => window.clone(),
        };
        let confirmed = match rule.confirm {
            Some(confirm) => {
                self.work(TOKENISER * window.len() as u64, place)?;
                let judged = if window.start == 0 {
                    confirm.judge(&text[window.clone()])
                } else {
                    let continued = [PROSE, &text[window.clone()]].concat();
                    confirm.judge(&continued).map(|hit| Hit { span: shift(&hit.span, window), ..hit })
                };
                judged.filter(|hit| hit.strength >= rule.strength)?.span
            }
            None => span,
        };
        if self.noise && rule.attack != Attack::Deserialization && !has_words(&text[confirmed.clone()]) {
            return None;
        }
        let near = &text[window.clone()];
        if rule.unless.as_ref().is_some_and(|pattern| pattern.is_match(near)) {
            return None;
        }
        Some(confirmed)
    }

    /// Takes work; none once it is spent, which is reported.
    pub fn work(&mut self, units: u64, place: &Place<'_>) -> Option<()> {
        if self.work == 0 {
            return None;
        }
        self.work = self.work.saturating_sub(units);
        if self.work == 0 {
            // Of a bomb it is known already that the rest is not scanned.
            if self.withheld == 0 {
                self.limit(limits::SCAN_WORK, place);
            }
            return None;
        }
        Some(())
    }

    fn once(&mut self, number: u16) -> bool {
        let (word, bit) = (usize::from(number) >> 6, 1 << (number & 63));
        let new = self.scratch.found[word] & bit == 0;
        self.scratch.found[word] |= bit;
        new
    }

    /// A rule matched again inside a nested document: its finding in that document's text moves to the leaf, or where
    /// the reading is a loose one or the finding elsewhere, the leaf is a further place of it, which adds no score.
    fn sharpen(&mut self, rule: &Rule, place: &Place<'_>, chain: &[u8], text: &[u8], span: Range<usize>) {
        let same = |finding: &Finding| *finding.rule == *rule.id && finding.part == place.part;
        if self.findings.iter().chain(&self.further).any(|finding| same(finding) && finding.path == *place.path) {
            return;
        }
        let around = self.findings.iter().position(|finding| same(finding) && holds(&finding.path, place.path));
        let nearest = self.findings.iter().chain(&self.further).filter(|one| same(one) && holds(&one.path, place.path));
        if nearest.map(|one| one.path.len()).max().is_some_and(|depth| is_markup(place, depth)) {
            return;
        }
        let finding = Finding {
            attack: rule.attack,
            rule: rule.id.clone(),
            score: rule.score,
            part: place.part,
            path: place.path.clone(),
            role: place.role,
            chain: names(place.chain, chain),
            matched: text[span.start..span.end.min(span.start + SHOWN)].to_vec(),
            span: around.map_or(&place.span, |at| &self.findings[at].span).clone(),
        };
        match around {
            Some(at) if is_document(place.chain) => self.findings[at] = finding,
            _ => self.further.push(finding),
        }
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

/// From a span in a window with prose before it to one in the text.
fn shift(span: &Range<usize>, window: &Range<usize>) -> Range<usize> {
    let place = |at: usize| (window.start + at.saturating_sub(PROSE.len())).min(window.end);
    place(span.start)..place(span.end)
}

/// Whether this is inside a document of a kind that text is not taken for by chance, itself in another one's leaf.
fn is_document(chain: &[&'static str]) -> bool {
    const LOOSE: [&str; 6] = ["xml", "form", "csv", "yaml", "text", "protobuf"];
    chain.len() > 1 && chain.last().is_some_and(|format| !LOOSE.contains(format))
}

/// Whether much of it is nothing that a text is made of: then it is read only as what has a mark of
/// its own, and what is found has to have [`WORDS`] printable characters in a row.
pub(super) fn is_noise(text: &[u8]) -> bool {
    let odd = |byte: &&u8| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    let head = &text[..text.len().min(WINDOW)];
    head.iter().filter(odd).count() * 3 > head.len() && std::str::from_utf8(text).is_err()
}

fn has_words(text: &[u8]) -> bool {
    text.split(|byte| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace())).any(|run| run.len() >= WORDS)
}

/// Whether the document below this depth is a piece of HTML: its elements are no fields of anything.
fn is_markup(place: &Place<'_>, depth: usize) -> bool {
    const HTML: &str = " a audio b base body button details div embed form head html i iframe img input link math meta \
                        object p script select span style svg table textarea video ";
    place.chain.last() == Some(&"xml")
        && matches!(place.path.iter().nth(depth), Some(Segment::Key(name))
            if std::str::from_utf8(name).is_ok_and(|name| HTML.contains(&format!(" {} ", name.to_ascii_lowercase()))))
}

/// Whether the first path leads to something around the second.
fn holds(outer: &Path, inner: &Path) -> bool {
    outer.len() < inner.len() && outer.iter().eq(inner.iter().take(outer.len()))
}

fn names(outer: &[&'static str], views: &[u8]) -> Vec<&'static str> {
    outer.iter().copied().chain(views.iter().map(|view| self::views::ALL[usize::from(*view)].name)).collect()
}

/// Whether these bytes can be text. What views make of other bytes is mostly noise, and its depth proves nothing.
fn textual(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| !text.bytes().any(|byte| byte < 9))
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
