//! One leaf: its views, breadth first, and the documents in them.

use super::findings::names;
use super::noise::{is_noise, textual};
use super::work::{LEAF, VIEW};
use super::{Fresh, Place, Scan};
use crate::engine::inspect::{Document, is_binary_document, nests};
use crate::engine::views::{self, ByteSet};
use crate::formats::jwt::is_token;
use crate::limits;

/// One form of a leaf: a view's output and the views that led to it.
pub(in crate::engine) struct Form {
    text: Vec<u8>,
    chain: Vec<u8>,
}

impl Scan<'_> {
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
