//! Bytes that are no text: what chance makes of them is not to be found.

use super::windows::WINDOW;

/// Printable characters in a row that random bytes seldom hold.
const WORDS: usize = 10;

/// Whether much of it is nothing that a text is made of: then it is read only as what has a mark of
/// its own, and what is found has to have [`WORDS`] printable characters in a row.
pub(in crate::engine) fn is_noise(text: &[u8]) -> bool {
    let odd = |byte: &&u8| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    let head = &text[..text.len().min(WINDOW)];
    head.iter().filter(odd).count() * 3 > head.len() && std::str::from_utf8(text).is_err()
}

pub(super) fn has_words(text: &[u8]) -> bool {
    text.split(|byte| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace())).any(|run| run.len() >= WORDS)
}

/// Whether these bytes can be text. What views make of other bytes is mostly noise, and its depth proves nothing.
pub(super) fn textual(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| !text.bytes().any(|byte| byte < 9))
}
