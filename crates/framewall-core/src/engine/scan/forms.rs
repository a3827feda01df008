//! One leaf: its views, breadth first.

use std::ops::Range;

use super::noise::{is_broken, is_noise, textual};
use super::places::Places;
use super::seen::{self, SeenForms};
use super::windows::{WINDOW, is_address, is_packed};
use super::work::{FORM, LEAF, SPELL, UNPACK};
use super::{Fresh, Place, Scan};
use crate::engine::belief::{is_binary_document, nests, reveals};
use crate::engine::views::{self, ByteSet, Make, View};
use crate::formats::jwt::is_token;
use crate::formats::{protobuf, sniff, yaml};
use crate::limits;

/// What the least form counts.
const LEAST: usize = 256;
/// Buffers up to this size are kept.
const SPARE: usize = 256 << 10;

/// One form of a leaf: a view's output and the views that led to it.
#[derive(Default)]
struct Form {
    text: Vec<u8>,
    chain: Vec<u8>,
    /// Where a long text differs from the forms before it; none if all of it is new.
    places: Option<Places>,
    /// What of it is to be read then.
    zones: Vec<Range<usize>>,
    /// Whether it can be read as no document that the form that it was made of could not.
    known: bool,
    /// Whether the form that it was made of is mostly no text: then it was not read as one.
    of_noise: bool,
}

/// The forms of one leaf that are still to be read, and the marks of all.
#[derive(Default)]
pub(in crate::engine) struct Forms {
    waiting: Vec<Form>,
    seen: SeenForms,
    /// Bytes of the leaf, or of a window if that is more.
    leaf: usize,
    /// Bytes of all forms, a short leaf's as if each were as long as the leaf.
    made: usize,
}

impl Scan<'_> {
    /// Judges one text in every view.
    pub fn leaf(&mut self, text: &[u8], place: Place<'_>, fresh: Fresh) {
        if self.work(LEAF, &place).is_none() {
            return;
        }
        let kind = place.role as u8 | (fresh as u8) << 1 | 8;
        let mark = seen::mark(text, u64::from(kind));
        let depth = place.chain.len();
        if self.scratch.known.knows(text, kind, depth, mark) || self.scratch.clean.knows(mark, depth) {
            return;
        }
        (self.clean, self.anywhere) = (true, true);
        let queued = self.queue.len();
        let mut forms = std::mem::take(&mut self.scratch.forms);
        forms.waiting.clear();
        forms.seen.begin(seen::mark(text, 0));
        (forms.leaf, forms.made) = (text.len().max(WINDOW), 0);
        let mut first = Form::default();
        self.form(text, &first, &place, fresh, &mut forms);
        let mut at = 0;
        while at < forms.waiting.len() && self.flow().is_continue() {
            std::mem::swap(&mut first, &mut forms.waiting[at]);
            let fresh = if fresh == Fresh::No { Fresh::Yes } else { fresh };
            let text = std::mem::take(&mut first.text);
            self.form(&text, &first, &place, fresh, &mut forms);
            self.done(text, &first.chain);
            at += 1;
        }
        self.scratch.forms = forms;
        let judged = self.clean && self.anywhere && self.queue.len() == queued && self.flow().is_continue();
        if judged && (self.cut || !self.scratch.known.keep(text, kind, depth, mark)) {
            self.scratch.clean.keep(mark, depth);
        }
    }

    /// A form was read: its memory, and unless it is something unpacked, its bytes are free again.
    fn done(&mut self, text: Vec<u8>, chain: &[u8]) {
        if chain.last().is_some_and(|view| matches!(views::ALL[usize::from(*view)].make, Make::Spell(_))) {
            self.bytes += text.len() as u64;
        }
        self.spare(text);
    }

    /// Keeps a buffer for the next form, unless it is a large one.
    fn spare(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() <= SPARE {
            self.scratch.spare.push(buffer);
        }
    }

    fn form(&mut self, text: &[u8], form: &Form, place: &Place<'_>, fresh: Fresh, forms: &mut Forms) {
        if self.work(FORM * text.len() as u64, place).is_none() {
            return;
        }
        let chain = &form.chain[..];
        let set = ByteSet::of(text);
        if chain.is_empty() {
            self.fields = set.controls() && protobuf::are_fields(text);
        }
        // What is left of noise without its control characters is noise still.
        let respelt = chain.last().is_some_and(|view| !views::ALL[usize::from(*view)].unpacks());
        self.noise = self.fields && (respelt || chain.is_empty())
            || set.beyond_ascii() && (is_noise(text) || self.noise_around && respelt && is_broken(text));
        if chain.is_empty() {
            self.noise_around = self.noise;
        }
        let places = form.places.as_ref().filter(|_| self.noise || !form.of_noise);
        self.rules(text, places.map(|_| &form.zones[..]), chain, place);
        if chain.is_empty() && !self.engine.imported.is_empty() {
            self.imported(text, place);
        }
        if chain.last().is_some_and(|view| views::ALL[usize::from(*view)].last) {
            return;
        }
        const PLAIN: ByteSet = ByteSet::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,!?_-:;()\r\n\t");
        if set.within(&PLAIN)
            && (set.has(b' ') || text.len() < 8)
            && !yaml::may_nest(text, self.settings.depth as usize)
        {
            return;
        }
        let depth = place.chain.len() + chain.len();
        let of_text = chain.last().is_some_and(|view| views::ALL[usize::from(*view)].is_of_text());
        let opens = !self.settings.plain && fresh != Fresh::No && !form.known;
        if opens && nests(text, fresh == Fresh::Yes, of_text) {
            self.nest(text, chain, place, depth, fresh, of_text);
            // Its leaves, and whatever cannot be read of it, get their views there; here they would be made twice.
            if !chain.is_empty() && matches!(text, [b'{', b'"', ..] | [b'[', b'"' | b'{', ..]) {
                return;
            }
        }
        if !self.settings.plain && !self.noise {
            self.arguments(text, chain, place, depth);
        }
        // A token is read by its walker, which knows where its parts' leaves are.
        let token = set.has(b'.') && is_token(text);
        // Noise can be respelt in every combination; one is enough to find what stands in it.
        let respelt = self.noise && !chain.is_empty();
        let may = views::may(&set);
        // What was compressed has no byte that could be spelt otherwise.
        let broken = form.of_noise && chain.last().is_some_and(|view| !views::ALL[usize::from(*view)].unpacks());
        for &number in self.order.iter().filter(|number| may >> **number & 1 != 0) {
            let view = &views::ALL[usize::from(number)];
            if token && matches!(view.name, "token" | "base64")
                || matches!(view.name, "plus" | "utf-7") && (is_packed(text, false) || is_address(text))
                || broken && matches!(view.name, "gzip" | "zlib" | "deflate" | "zstd" | "brotli")
                || respelt && !view.unpacks() && (broken || view.name != "overlong")
                || view.name == "nul" && set.controls() && is_binary_document(text)
                || self.settings.plain && !is_plain(view, chain)
            {
                continue;
            }
            let cost = if view.unpacks() { UNPACK } else { SPELL };
            if (view.needs)(&set, text) && self.affords(view) && self.work(cost * text.len() as u64, place).is_some() {
                self.view(number, text, form, places, place, depth, forms);
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn view(
        &mut self,
        number: u8,
        text: &[u8],
        form: &Form,
        places: Option<&Places>,
        place: &Place<'_>,
        depth: usize,
        forms: &mut Forms,
    ) {
        let mut out = self.scratch.spare.pop().unwrap_or_default();
        if let Some(form) = self.made(number, text, &mut out, form, places, place, depth, forms) {
            forms.waiting.push(Form { text: out, ..form });
        } else {
            self.spare(out);
        }
    }

    /// What a view makes of a text, if that is to be read.
    #[allow(clippy::too_many_arguments)]
    fn made(
        &mut self,
        number: u8,
        text: &[u8],
        out: &mut Vec<u8>,
        form: &Form,
        places: Option<&Places>,
        place: &Place<'_>,
        depth: usize,
        forms: &mut Forms,
    ) -> Option<Form> {
        let view = &views::ALL[usize::from(number)];
        if !view.make(text, out, &mut self.scratch.changes) {
            return None;
        }
        let spelt = matches!(view.make, Make::Spell(_)) && forms.leaf > WINDOW;
        let mut places = spelt.then(|| match places {
            Some(places) => places.after(&self.scratch.changes),
            None => Places::of(&self.scratch.changes),
        });
        let mut zones = places.as_ref().map(|places| places.zones(out.len())).unwrap_or_default();
        let known = spelt && !opens(text, out);
        let new: usize = zones.iter().map(Range::len).sum();
        if known && let Some(places) = &mut places {
            if zones.is_empty() {
                return None;
            }
            // Noise is read for what it holds as a whole, and rules for a view read all of it.
            if new < out.len() && !self.noise && !self.engine.asks_views {
                places.cut(out, &mut zones);
            }
        }
        let asked = if self.engine.asks_views { 1 + u64::from(number) } else { 0 };
        let (mark, look) = (seen::mark(out, asked), view.last.then_some(number));
        if zones.is_empty() && spelt && view.last || forms.seen.knows(mark, look) {
            return None;
        }
        let plain = self.settings.plain;
        if !plain && depth >= self.settings.layers as usize && !view.last {
            if matches!(view.name, "percent" | "html" | "base64" | "gzip" | "zlib") && textual(text) {
                self.limit(limits::DECODE_LAYERS, place);
            }
            return None;
        }
        if !plain && forms.made >= forms.leaf.saturating_mul(self.settings.fanout as usize) {
            if textual(text) {
                self.limit(limits::LEAF_FANOUT, place);
            }
            return None;
        }
        if view.unpacks() && views::is_cut(text, out) {
            self.limit(limits::DECODED_BYTES, place);
        }
        self.decoded(out.len(), place)?;
        forms.seen.keep(mark, look);
        forms.made += if spelt { new + LEAST } else { forms.leaf };
        if view.unpacks() {
            // What was packed is spelt as often as a leaf of its own size.
            forms.leaf = forms.leaf.max(out.len());
        }
        let chain = form.chain.iter().copied().chain([number]).collect();
        Some(Form { text: Vec::new(), chain, places, zones, known, of_noise: self.noise })
    }
}

/// Whether a plain look makes this view behind those: the spellings of the web, each once, in one order.
fn is_plain(view: &View, chain: &[u8]) -> bool {
    let later = |last: &u8| views::ALL[usize::from(*last)..].iter().skip(1).any(|next| next.name == view.name);
    matches!(view.name, "percent" | "html" | "escapes") && chain.last().is_none_or(later)
}

/// Whether a form of a long text could be opened as a whole, where the text that it was made of could not.
fn opens(text: &[u8], form: &[u8]) -> bool {
    views::magic(form)
        || views::packed(form, WINDOW)
        || reveals(text, form)
        || sniff::likeliest(form) > sniff::likeliest(text)
}
