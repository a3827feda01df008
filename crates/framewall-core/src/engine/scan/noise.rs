//! Bytes that are no text: what chance makes of them is not to be found.

use std::ops::Range;

use super::windows::WINDOW;

/// Printable characters in a row that random bytes seldom hold.
pub(super) const WORDS: usize = 10;
/// The same where noise was respelt: without its control characters, what they stood between is a run. And where every
/// long word is decoded, to see what it says.
const JOINED: usize = 16;

/// Whether much of it is nothing that a text is made of: then it is read only as what has a mark of
/// its own, and its runs of [`WORDS`] printable characters and more are judged one by one.
pub(in crate::engine) fn is_noise(text: &[u8]) -> bool {
    let odd = |byte: &&u8| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    let head = &text[..text.len().min(WINDOW)];
    head.iter().filter(odd).count() * 4 > head.len() && std::str::from_utf8(text).is_err()
}

/// The runs of printable characters that are no chance.
pub(super) fn runs(text: &[u8], within: Range<usize>, apart: bool) -> impl Iterator<Item = Range<usize>> {
    let least = if apart { JOINED } else { WORDS };
    let printable = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let mut at = within.start;
    std::iter::from_fn(move || {
        loop {
            let start = at;
            let first = text[..within.end].get(start..start + least)?;
            // The last byte that ends it says how far the next one is at least.
            if let Some(odd) = first.iter().rposition(|byte| !printable(byte)) {
                at = start + odd + 1;
                continue;
            }
            let length = text[start..within.end].iter().position(|byte| !printable(byte));
            at = length.map_or(within.end, |length| start + length);
            return Some(start..at);
        }
    })
}

/// Where in noise a mark of a few bytes is one: about its start, after a head.
const HEAD: usize = 16;
/// A mark that chance does not make anywhere.
const SURE_MARK: usize = 4;

/// Whether the mark of something serialised that stands here in noise means it.
pub(super) fn is_meant(span: &Range<usize>) -> bool {
    span.len() >= SURE_MARK || span.start < HEAD
}

/// Whether these bytes are no text.
pub(super) fn is_broken(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_err()
}

/// Whether these bytes can be text. What views make of other bytes is mostly noise, and its depth proves nothing.
pub(super) fn textual(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| !text.bytes().any(|byte| byte < 9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_runs_of_printable_characters_are_no_chance() {
        let text = b"\x01short\xff<script>alert(1)\0\x80 ten chars\x90ten charsx";
        let found: Vec<&[u8]> = runs(text, 0..text.len(), false).map(|run| &text[run]).collect();
        assert_eq!(found, [&b"<script>alert(1)"[..], b" ten chars", b"ten charsx"]);
        assert_eq!(runs(text, 8..20, false).collect::<Vec<_>>(), std::slice::from_ref(&(8..20)));
        assert_eq!(runs(text, 0..text.len(), true).count(), 1);
        assert_eq!(runs(b"", 0..0, false).count(), 0);
    }
}
