//! Bytes that are no text: what chance makes of them is not to be found.

use std::ops::Range;

use super::windows::WINDOW;

/// Printable characters in a row that random bytes seldom hold.
pub(super) const WORDS: usize = 10;

/// Whether much of it is nothing that a text is made of: then it is read only as what has a mark of
/// its own, and what is found has to have [`WORDS`] printable characters in a row.
pub(in crate::engine) fn is_noise(text: &[u8]) -> bool {
    let odd = |byte: &&u8| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    let head = &text[..text.len().min(WINDOW)];
    head.iter().filter(odd).count() * 4 > head.len() && std::str::from_utf8(text).is_err()
}

fn has_words(text: &[u8]) -> bool {
    text.split(|byte| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace())).any(|run| run.len() >= WORDS)
}

/// Where in noise a mark of a few bytes is one: about its start, after a head.
const HEAD: usize = 16;
/// A mark that chance does not make anywhere.
const SURE_MARK: usize = 4;

/// Whether what a rule matched in noise means something.
pub(super) fn is_meant(text: &[u8], span: &Range<usize>, binary: bool) -> bool {
    binary && (span.len() >= SURE_MARK || span.start < HEAD) || has_words(&text[span.clone()])
}

/// Whether these bytes are no text.
pub(super) fn is_broken(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_err()
}

/// Whether these bytes can be text. What views make of other bytes is mostly noise, and its depth proves nothing.
pub(super) fn textual(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| !text.bytes().any(|byte| byte < 9))
}
