//! A text being respelt: what of it is kept, what is written in its stead, and where.

use std::ops::Range;

use super::{ByteSet, push_code};

/// Changes that are closer than this are one.
const JOINED: usize = 64;

/// A place that a view wrote anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What stood there, in the text.
    pub from: Range<usize>,
    /// What stands there now, in the form.
    pub to: Range<usize>,
}

/// Reads a text from its start to its end and writes the form of it.
#[derive(Debug)]
pub struct Spelling<'t> {
    text: &'t [u8],
    at: usize,
    out: &'t mut Vec<u8>,
    changes: &'t mut Vec<Change>,
}

impl<'t> Spelling<'t> {
    /// Nothing is read yet; what the two lists held is gone.
    pub fn new(text: &'t [u8], out: &'t mut Vec<u8>, changes: &'t mut Vec<Change>) -> Spelling<'t> {
        out.clear();
        out.reserve(text.len());
        changes.clear();
        Spelling { text, at: 0, out, changes }
    }

    /// The whole text.
    pub fn text(&self) -> &'t [u8] {
        self.text
    }

    /// What is still to be read.
    pub fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    /// How much was read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Whether anything was changed.
    pub fn changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// How long the form is so far.
    pub fn written(&self) -> usize {
        self.out.len()
    }

    /// Keeps the next bytes.
    pub fn keep(&mut self, count: usize) {
        if count > 0 {
            self.out.extend_from_slice(&self.text[self.at..self.at + count]);
            self.at += count;
        }
    }

    /// Keeps what stands before the first of these, or everything: then false.
    pub fn keep_to(&mut self, find: impl FnOnce(&[u8]) -> Option<usize>) -> bool {
        let found = find(self.rest());
        self.keep(found.unwrap_or(self.text.len() - self.at));
        found.is_some()
    }

    /// Writes something else for the next bytes, or nothing.
    pub fn replace(&mut self, count: usize, with: &[u8]) {
        self.mark(count, |out| out.extend_from_slice(with));
    }

    /// Writes a code point for the next bytes.
    pub fn replace_code(&mut self, count: usize, code: u32) {
        self.mark(count, |out| push_code(out, code));
    }

    fn mark(&mut self, count: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let (from, to) = (self.at, self.out.len());
        write(self.out);
        self.at += count;
        match self.changes.last_mut() {
            Some(last) if from - last.from.end < JOINED => {
                last.from.end = self.at;
                last.to.end = self.out.len();
            }
            _ => self.changes.push(Change { from: from..self.at, to: to..self.out.len() }),
        }
    }
}

/// Where the first byte of a set stands.
pub fn find(set: &ByteSet) -> impl FnOnce(&[u8]) -> Option<usize> + '_ {
    |text| text.iter().position(|byte| set.has(*byte))
}

/// Where the first byte beyond ASCII stands; thirty-two a step.
pub fn find_beyond_ascii(text: &[u8]) -> Option<usize> {
    if text.first().is_some_and(|first| !first.is_ascii()) {
        return Some(0);
    }
    let plain = text.chunks(32).take_while(|chunk| chunk.is_ascii()).map(<[u8]>::len).sum::<usize>();
    text[plain..].iter().position(|byte| !byte.is_ascii()).map(|at| plain + at)
}
