//! Amazon Ion 1.0, text and binary.
//!
//! Source: the Ion specification. Symbols are given by their text; symbol tables are walked like other values,
//! and those inside the document are followed. Annotations are names at the path of what they annotate.

use super::probe::probe;
use super::{Format, Halted, Likelihood, Walk};

mod binary;
mod symbols;
mod text;

const BINARY_VERSION: &[u8] = &[0xe0, 0x01, 0x00, 0xea];
const TEXT_VERSION: &[u8] = b"$ion_1_0";
/// Bytes in which text Ion is told from JSON.
const GLANCE: usize = 256;

/// The walker of both forms.
#[derive(Clone, Copy, Debug)]
pub struct Ion;

impl Format for Ion {
    fn name(&self) -> &'static str {
        "ion"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        if bytes.starts_with(BINARY_VERSION) {
            let seen = probe(self, bytes);
            return if seen.ended || seen.exhausted { 100 } else { 0 };
        }
        let head = bytes.trim_ascii_start();
        if head.starts_with(TEXT_VERSION) {
            return 95;
        }
        let head = &head[..head.len().min(GLANCE)];
        if controls(head) || !foreign_to_json(head) {
            return 0;
        }
        let seen = probe(self, bytes);
        if seen.sound && seen.leaves > 0 { 25 } else { 0 }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        // In text E0 can only begin a three-byte character, and 01 is no part of one.
        if bytes.first() == Some(&BINARY_VERSION[0]) { binary::read(bytes, walk) } else { text::read(bytes, walk) }
    }
}

/// Whether there are control characters other than white space, which no Ion text may have and every binary format has.
fn controls(head: &[u8]) -> bool {
    head.iter().fold(false, |found, &byte| found | ((byte < 9) | ((byte > b'\r') & (byte < b' '))))
}

/// Whether a text has what Ion has and JSON has not: annotations, blobs, long strings, bare or quoted names.
fn foreign_to_json(head: &[u8]) -> bool {
    let Some(&first) = head.first() else { return false };
    if !matches!(first, b'{' | b'[' | b'(' | b'\'' | b'"' | b'_' | b'$') && !first.is_ascii_alphabetic() {
        return false;
    }
    let doubled = |byte: u8| head.windows(2).any(|pair| pair == [byte, byte]);
    let any_doubled = head.iter().zip(&head[1..]).fold(false, |found, (one, other)| {
        found | ((one == other) & ((*one == b':') | (*one == b'{') | (*one == b'\'')))
    });
    let second = head[1..].trim_ascii_start().first();
    any_doubled
        && (doubled(b':')
            || head.windows(3).any(|three| three == b"'''")
            || matches!(first, b'{' | b'[') && doubled(b'{'))
        || first == b'(' && memchr::memchr(b'"', head).is_some()
        || first == b'{' && second.is_some_and(|&byte| byte.is_ascii_alphabetic() || b"'_$".contains(&byte))
        || first == b'[' && second == Some(&b'\'')
}

#[cfg(test)]
mod tests {
    use super::super::testing::leaves;
    use super::*;

    #[test]
    fn text_is_read_with_all_its_forms() {
        let text = br#"a::{ b: '''x''' '''y''', 'c d': (1 + 2), /* no */ e: 2026-01-02T03:04:05Z } null.int // end"#;
        assert_eq!(
            leaves(&Ion, text),
            [
                " a:",
                "b b:",
                "b xy",
                "[\"c d\"] c d:",
                "[\"c d\"][0] number 1",
                "[\"c d\"][1] number +",
                "[\"c d\"][2] number 2",
                "e e:",
                "e number 2026-01-02T03:04:05Z",
                " null null.int"
            ]
        );
    }

    #[test]
    fn json_is_left_to_json_and_prose_to_nobody() {
        for text in ["{\"a\":[1,true,null]}", "[1]", "hello world", "it's 'quoted'", "привет"] {
            assert!(Ion.sniff(text.as_bytes()) < 20, "{text}");
        }
        for text in ["{a:1}", "a::{\"b\":1}", "{ 'a': 1 }", "{\"a\": {{ aGk= }} }", "(say \"x\")", "'''a''' '''b'''"] {
            assert!(Ion.sniff(text.as_bytes()) >= 20, "{text}");
        }
    }
}
