//! What was found: each rule once a message, as exactly placed as any reading names it.

use std::cmp::Reverse;
use std::ops::Range;

use super::{Place, Scan};
use crate::engine::compile::Rule;
use crate::engine::{Attack, Finding, Report, tokens, views};
use crate::formats::{self, Path, Segment};

/// Findings of one message that are kept.
pub(super) const KEPT: usize = 64;
/// Further places of findings, as other readings name them.
pub(super) const FURTHER: usize = 96;
/// Matched bytes that are kept.
const SHOWN: usize = 256;

impl Scan<'_> {
    /// Sum of the scores, capped by class, and the findings, strongest first; of equal ones the most exactly placed,
    /// by the reading that had to respell the least.
    pub fn report(mut self) -> Report {
        self.findings.append(&mut self.further);
        self.findings.sort_by_cached_key(|finding| {
            let misread = is_misread(&finding.path) || is_element(finding);
            (Reverse(finding.score), misread, Reverse(finding.path.len()), respelt(&finding.chain), finding.chain.len())
        });
        self.findings.truncate(KEPT);
        let score = self.score();
        Report { score, findings: self.findings, work: self.worked }
    }

    /// Sum of the scores so far, capped by class.
    fn score(&self) -> u32 {
        self.scores.iter().map(|(attack, score)| (*score).min(self.settings.cap(*attack))).sum()
    }

    /// A walker saw a structure that is wrong in itself.
    pub fn structure(&mut self, name: &'static str, sure: bool, place: &Place<'_>) {
        let engine = self.engine;
        for (_, number) in engine.by_anomaly.iter().filter(|(known, _)| known == name) {
            let rule = &engine.rules[usize::from(*number)];
            if (sure || rule.strength <= tokens::SURE)
                && self.wanted(rule, place)
                && self.fits(rule, place)
                && self.once(*number)
            {
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

    pub(super) fn once(&mut self, number: u16) -> bool {
        let (word, bit) = (usize::from(number) >> 6, 1 << (number & 63));
        let new = self.scratch.found[word] & bit == 0;
        self.scratch.found[word] |= bit;
        new
    }

    /// A rule matched again inside a nested document: its finding in that document's text moves to the leaf, or where
    /// the reading is a loose one or the finding elsewhere, the leaf is a further place of it, which adds no score.
    pub(super) fn sharpen(&mut self, rule: &Rule, place: &Place<'_>, chain: &[u8], text: &[u8], span: Range<usize>) {
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
            matched: shown(text, span),
            span: around.map_or(&place.span, |at| &self.findings[at].span).clone(),
        };
        match around {
            Some(at) if is_document(place.chain) => self.findings[at] = finding,
            _ => self.further.push(finding),
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn find(
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
        if self.score() >= self.settings.threshold {
            self.attacked();
        }
        self.findings.push(Finding {
            attack,
            rule: rule.into(),
            score,
            part: place.part,
            path: place.path.clone(),
            role: place.role,
            chain: names(place.chain, chain),
            matched: shown(text, span),
            span: place.span.clone(),
        });
    }
}

/// The matched bytes that are kept.
fn shown(text: &[u8], span: Range<usize>) -> Vec<u8> {
    text[span.start..span.end.min(span.start + SHOWN)].to_vec()
}

/// How many steps of a chain are views.
fn respelt(chain: &[&'static str]) -> usize {
    chain.iter().filter(|step| formats::by_name(step).is_none()).count()
}

/// Whether this is inside a document of a kind that text is not taken for by chance, itself in another one's leaf.
fn is_document(chain: &[&'static str]) -> bool {
    const LOOSE: [&str; 6] = ["xml", "form", "csv", "yaml", "text", "protobuf"];
    chain.len() > 1 && chain.last().is_some_and(|format| !LOOSE.contains(format))
}

/// Whether the document below this depth is a piece of HTML: its elements are no fields of anything.
fn is_markup(place: &Place<'_>, depth: usize) -> bool {
    place.chain.last() == Some(&"xml") && place.path.iter().nth(depth).is_some_and(is_html)
}

/// Whether a finding's place is an element of the very markup that attacks.
fn is_element(finding: &Finding) -> bool {
    finding.attack == Attack::Xss
        && finding.chain.len() > 1
        && finding.chain.last() == Some(&"xml")
        && finding.path.last().is_some_and(is_html)
}

/// Whether this step is called as an element of HTML is.
fn is_html(step: Segment<'_>) -> bool {
    const HTML: &str = " a audio b base body button details div embed form head html i iframe img input link math meta \
                        object p script select span style svg table textarea video ";
    matches!(step, Segment::Key(name)
        if std::str::from_utf8(name).is_ok_and(|name| HTML.contains(&format!(" {} ", name.to_ascii_lowercase()))))
}

/// A name as long as this, without a blank, is rather a text that was taken for one.
const LONG_NAME: usize = 27;

/// Whether names in this path look as if another format's marks were taken for names: binary read as YAML, a header's
/// parameters as a form.
fn is_misread(path: &Path) -> bool {
    let odd = |byte: &u8| byte.is_ascii_control() || b"\"{}[](+=".contains(byte);
    path.iter().any(|step| match step {
        Segment::Key(name) => {
            name.first() == Some(&b' ')
                || name.iter().any(odd)
                || std::str::from_utf8(name).is_err()
                || name.len() >= LONG_NAME && !name.contains(&b' ')
        }
        Segment::Index(_) => false,
    })
}

/// Whether the first path leads to something around the second.
fn holds(outer: &Path, inner: &Path) -> bool {
    outer.len() < inner.len() && outer.iter().eq(inner.iter().take(outer.len()))
}

pub(super) fn names(outer: &[&'static str], views: &[u8]) -> Vec<&'static str> {
    outer.iter().copied().chain(views.iter().map(|view| views::ALL[usize::from(*view)].name)).collect()
}
