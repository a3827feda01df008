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
            return 100;
        }
        let head = bytes.trim_ascii_start();
        if head.starts_with(TEXT_VERSION) {
            return 95;
        }
        if !foreign_to_json(&head[..head.len().min(GLANCE)]) {
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

/// Whether a text has what Ion has and JSON has not: annotations, blobs, long strings, bare or quoted names.
fn foreign_to_json(head: &[u8]) -> bool {
    let Some(&first) = head.first() else { return false };
    if !matches!(first, b'{' | b'[' | b'(' | b'\'' | b'"' | b'_' | b'$') && !first.is_ascii_alphabetic() {
        return false;
    }
    let structured = matches!(first, b'{' | b'[' | b'(');
    let pair = |pair: &[u8]| head.windows(pair.len()).any(|window| window == pair);
    let name = head[1..].trim_ascii_start().first();
    pair(b"::") || pair(b"'''") || structured && (pair(b"{{") || first == b'(' || name_like(first, name))
}

fn name_like(first: u8, second: Option<&u8>) -> bool {
    first == b'{' && second.is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'_' | b'$'))
        || first == b'[' && second.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'\'')
}
