//! The documents in leaves: those still to be read, and those that stand too deep.

use std::collections::HashSet;

use super::findings::names;
use super::noise::textual;
use super::{Fresh, Place, Scan, seen};
use crate::engine::belief::is_solid;
use crate::engine::inspect::Document;
use crate::engine::views::{self, View};
use crate::formats::{Path, Role};
use crate::limits;

/// Documents too deep that may turn out to have been read less deep; one more is a finding at once.
const DOUBTED: usize = 16;

/// What one part holds of documents.
#[derive(Default)]
pub(in crate::engine) struct Nested {
    /// Marks of those that are read.
    pub(super) read: HashSet<u64>,
    /// Those that came up too deep behind views that rewrite any text.
    doubted: Vec<TooDeep>,
}

struct TooDeep {
    mark: u64,
    path: Path,
    role: Role,
    chain: Vec<&'static str>,
}

impl Scan<'_> {
    /// Takes decoded bytes; none once they are spent, which is reported.
    pub(super) fn decoded(&mut self, bytes: usize, place: &Place<'_>) -> Option<()> {
        let left = self.bytes.checked_sub(bytes as u64);
        if left.is_none() {
            self.limit(limits::DECODED_BYTES, place);
        }
        self.bytes = left?;
        Some(())
    }

    /// Puts a document that was found in a leaf on the queue.
    pub(super) fn nest(
        &mut self,
        text: &[u8],
        chain: &[u8],
        place: &Place<'_>,
        depth: usize,
        fresh: Fresh,
        of_text: bool,
    ) {
        let mark = seen::mark(text, 0);
        if depth >= self.settings.layers as usize {
            if fresh == Fresh::Yes && textual(text) {
                self.too_deep(mark, names(place.chain, chain), place);
            }
            return;
        }
        if self.decoded(text.len(), place).is_none() {
            return;
        }
        self.nested.read.insert(mark);
        self.queue.push(Document {
            bytes: text.to_vec(),
            hint: "auto",
            part: place.part,
            path: place.path.clone(),
            role: place.role,
            chain: names(place.chain, chain),
            scanned: true,
            of_text,
            whole: false,
        });
    }

    /// A document is too deep to be read here. The same text may stand less deep, where fewer views were needed.
    pub(super) fn too_deep(&mut self, mark: u64, chain: Vec<&'static str>, place: &Place<'_>) {
        if is_solid(&chain) || self.nested.doubted.len() == DOUBTED {
            return self.limit(limits::DECODE_LAYERS, place);
        }
        self.clean = false;
        let (path, role) = (place.path.clone(), place.role);
        self.nested.doubted.push(TooDeep { mark, path, role, chain });
    }

    /// The part ends: what was too deep and was read nowhere else is reported.
    pub fn settle(&mut self, part: usize) {
        let Nested { read, doubted } = std::mem::take(&mut self.nested);
        if let Some(deep) = doubted.iter().find(|deep| !read.contains(&deep.mark)) {
            let place = Place { part, path: &deep.path, role: deep.role, span: None, chain: &deep.chain };
            self.limit(limits::DECODE_LAYERS, &place);
        }
    }

    /// The next document on the queue. Its bytes are free again, unless they came of something unpacked.
    pub fn next(&mut self) -> Option<Document> {
        let document = self.queue.pop()?;
        let unpacked = |name: &&str| views::ALL.iter().any(|view: &View| view.name == *name && view.unpacks());
        if !document.chain.iter().any(unpacked) {
            self.bytes += document.bytes.len() as u64;
        }
        Some(document)
    }
}
