//! The rules in one form: near their literals, in windows if it is long.

use std::ops::Range;

use regex_automata::Input;

use super::findings::FURTHER;
use super::noise::{WORDS, is_meant, runs};
use super::work::{LITERALS, PATTERN, TOKENISER};
use super::{Place, Scan};
use crate::engine::compile::Rule;
use crate::engine::inspect::excepted;
use crate::engine::tokens::Hit;
use crate::engine::views::{self, ByteSet, View, base64};
use crate::engine::{Attack, glob};
use crate::formats::Role;

/// Longer texts are read in windows of this size, so that a rule runs only near its literals.
pub(super) const WINDOW: usize = 4096;
/// How much of a window the next one repeats.
pub(super) const OVERLAP: usize = 512;
/// What tokenisers read before a window that is not the first: they are not to take it for the start of a text.
const PROSE: &[u8] = b"and so it goes on ";

/// Digits of base64 among which chance writes any short word; what serialised objects begin with is longer.
const MANY: usize = 512;
/// Of so many digits in a row there is always one of each kind.
const EACH: usize = 128;

/// A form being read.
struct Read<'f> {
    text: &'f [u8],
    chain: &'f [u8],
    /// The view that made it, as rules ask for it.
    view: u32,
    place: &'f Place<'f>,
    /// Whether only longer runs in its noise are no chance: what noise was respelt to, or what digits happen to spell.
    apart: bool,
}

impl Scan<'_> {
    /// Runs the rules over a form: over all of it, or over these zones, that the last views changed.
    pub(super) fn rules(&mut self, text: &[u8], zones: Option<&[Range<usize>]>, chain: &[u8], place: &Place<'_>) {
        let last = chain.last().map(|view| &views::ALL[usize::from(*view)]);
        let spelt = |view: &View| matches!(view.name, "base64" | "hex") && !views::meant(text);
        let apart = self.noise && last.is_some_and(|view| !view.unpacks() || spelt(view));
        let form = Read { text, chain, view: 1 << chain.last().map_or(0, |view| view + 1), place, apart };
        match zones {
            Some(zones) if !self.engine.asks_views => {
                for zone in zones {
                    self.stretch(&form, zone.clone(), |_| false);
                }
            }
            zones => self.stretch(&form, 0..text.len(), |window| {
                let new = |zone: &Range<usize>| zone.start < window.end && window.start < zone.end;
                zones.is_some_and(|zones| !zones.iter().any(new))
            }),
        }
    }

    /// A stretch of a form, in windows.
    fn stretch(&mut self, form: &Read<'_>, stretch: Range<usize>, known: impl Fn(&Range<usize>) -> bool) {
        let mut start = stretch.start;
        while self.flow().is_continue() {
            let window = start..stretch.end.min(start + WINDOW);
            let set = ByteSet::of(&form.text[window.clone()]);
            let end = window.end;
            let known = known(&window);
            self.window(form, window, &set, known);
            if end == stretch.end {
                break;
            }
            start += WINDOW - OVERLAP;
        }
    }

    /// One window; of a known one only the rules that ask for this view.
    fn window(&mut self, form: &Read<'_>, window: Range<usize>, set: &ByteSet, known: bool) {
        let Read { text, chain, view, place, apart } = *form;
        if self.work(LITERALS * window.len() as u64, place).is_none() {
            return;
        }
        let engine = self.engine;
        let classes = chain.last().map_or(&[][..], |view| views::ALL[usize::from(*view)].classes);
        let mut marks = std::mem::take(&mut self.scratch.marks);
        marks.fill(0);
        engine.candidates(&text[window.clone()], set, &mut marks);
        let chance = is_packed(&text[window.clone()], true);
        let packed = chance && is_packed(&text[window.clone()], false);
        let said = self.noise.then(|| runs(text, window.clone(), apart).collect::<Vec<_>>());
        let sharper = place.chain.len() > 1 && self.further.len() < FURTHER;
        for (word, marked) in marks.iter().enumerate() {
            let found = self.scratch.found[word] & *marked;
            self.clean &= found == 0;
            let mut left = if sharper { *marked } else { *marked & !found };
            while left != 0 {
                let number = (word * 64) as u16 + left.trailing_zeros() as u16;
                left &= left - 1;
                let rule = &engine.rules[usize::from(number)];
                if rule.views & view == 0
                    || known && rule.views == u32::MAX
                    || !self.wanted(rule, place)
                    || !(classes.is_empty() || classes.contains(&rule.attack))
                    || packed && rule.attack != Attack::Deserialization
                {
                    continue;
                }
                if let Some(span) = self.says(rule, number, form, &window, said.as_deref()) {
                    if chance && !is_said(&text[span.clone()]) && rule.attack != Attack::Deserialization {
                        continue;
                    }
                    if !self.fits(rule, place) {
                        continue;
                    }
                    self.clean = false;
                    if excepted(self.settings, rule.attack, &rule.id, place.path) {
                        continue;
                    }
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
    pub(super) fn imported(&mut self, text: &[u8], place: &Place<'_>) {
        // Their transformations and the patterns without a literal cost about as much as a few tokenisers.
        if self.work(4 * TOKENISER * text.len() as u64, place).is_none() {
            return;
        }
        let engine = self.engine;
        self.anywhere = false;
        let mut path = Vec::new();
        glob::render(place.path, &mut path);
        path.make_ascii_lowercase();
        let name = path.rsplit(|byte| matches!(byte, b'.' | b'[')).next().unwrap_or(b"");
        for found in engine.imported.run(text, place.role == Role::Key, name) {
            let rule = &engine.rules[usize::from(found.number)];
            self.clean = false;
            if self.wanted(rule, place)
                && self.fits(rule, place)
                && !excepted(self.settings, rule.attack, &rule.id, place.path)
                && self.once(found.number)
            {
                let span = 0..found.matched.len();
                self.find(rule.attack, &rule.id, rule.score, place, &[], &found.matched, span);
            }
        }
    }

    pub(super) fn wanted(&self, rule: &Rule, place: &Place<'_>) -> bool {
        let role = match place.role {
            Role::Key => rule.key,
            Role::Value => rule.value,
        };
        role && rule.sensitivity <= self.settings.sensitivity
            && self.settings.classes.has(rule.attack)
            && (rule.code || !self.settings.code)
    }

    /// Whether a rule that matched is meant for such a place. Asked last, as a path may be long.
    pub(super) fn fits(&mut self, rule: &Rule, place: &Place<'_>) -> bool {
        if rule.paths.is_empty() {
            return true;
        }
        let mut text = Vec::new();
        glob::render(place.path, &mut text);
        let fits = rule.paths.iter().any(|glob| glob.matches(&text));
        self.anywhere &= fits;
        fits
    }

    /// Where a rule matches in a window; amid noise, in what is said there by itself.
    fn says(
        &mut self,
        rule: &Rule,
        number: u16,
        form: &Read<'_>,
        window: &Range<usize>,
        said: Option<&[Range<usize>]>,
    ) -> Option<Range<usize>> {
        let Read { text, place, .. } = *form;
        match said {
            None => self.matches(rule, number, text, window, place),
            Some(_) if rule.attack == Attack::Deserialization => {
                self.matches(rule, number, text, window, place).filter(is_meant)
            }
            Some(said) => said.iter().find_map(|run| self.matches(rule, number, text, run, place)),
        }
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
                let enough = if self.settings.markup { rule.markup } else { rule.strength };
                judged.filter(|hit| hit.strength >= enough)?.span
            }
            None => span,
        };
        let near = &text[window.clone()];
        if rule.unless.as_ref().is_some_and(|pattern| pattern.is_match(near)) {
            return None;
        }
        Some(confirmed)
    }
}

/// Whether there are words in it, and not only what chance makes of digits.
fn is_said(span: &[u8]) -> bool {
    span.len() >= WORDS && span.contains(&b' ')
}

/// Whether this is nothing but many digits of base64, as pictures in texts are written, behind the head of a `data:`
/// address or none; in a form also with blanks for its plus signs.
pub(super) fn is_packed(text: &[u8], blanks: bool) -> bool {
    let head = if text.starts_with(b"data:") { memchr::memchr(b',', &text[..text.len().min(EACH)]) } else { None };
    let body = &text[head.map_or(0, |comma| comma + 1)..];
    let digit =
        |byte: u8| base64::value(byte).is_some() || matches!(byte, b'=' | b'\r' | b'\n') || blanks && byte == b' ';
    let each = |chunk: &[u8]| {
        let has = |kind: fn(&u8) -> bool| chunk.iter().any(kind);
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
    };
    body.len() >= MANY && body.iter().all(|byte| digit(*byte)) && body.chunks_exact(EACH).all(each)
}

/// Whether this is a `data:` address of base64 and nothing else: a plus sign in it is a digit.
pub(super) fn is_address(text: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let comma = || memchr::memchr(b',', &text[..text.len().min(EACH)]);
    text.starts_with(b"data:")
        && comma().is_some_and(|at| text[..at].ends_with(b";base64") && text[at + 1..].iter().all(digit))
}

/// From a span in a window with prose before it to one in the text.
fn shift(span: &Range<usize>, window: &Range<usize>) -> Range<usize> {
    let place = |at: usize| (window.start + at.saturating_sub(PROSE.len())).min(window.end);
    place(span.start)..place(span.end)
}
