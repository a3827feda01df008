//! Base64 (RFC 4648) in both alphabets, with or without padding, as leniently as Node reads it.

use super::{ByteSet, meant};

/// Encoded bytes below which nothing worth finding fits.
const SHORTEST: usize = 8;
/// A run inside other text must be this long to be tried.
const RUN: usize = 16;
/// Runs of one text that are tried.
const RUNS: usize = 8;

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    const SPACE: ByteSet = ByteSet::from(b" ");
    text.len() >= SHORTEST && (!set.meets(&SPACE) || longest_word(text) >= RUN)
}

fn longest_word(text: &[u8]) -> usize {
    let mut longest = 0;
    let mut start = 0;
    for space in memchr::memchr_iter(b' ', text) {
        longest = longest.max(space - start);
        start = space + 1;
    }
    longest.max(text.len() - start)
}

/// The whole text if it decodes to something meant; else the long runs in it that do, a line each.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let body = text.trim_ascii();
    let alphabet = body.iter().filter(|byte| value(**byte).is_some()).count();
    let padding = body.iter().filter(|byte| matches!(byte, b'=' | b'\r' | b'\n')).count();
    if alphabet >= SHORTEST && (alphabet + padding) * 8 >= body.len() * 7 && varied(body) {
        decode(body, out);
        if meant(out) {
            return true;
        }
        out.clear();
    }
    runs(text, out)
}

fn runs(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut tried = 0;
    let mut at = 0;
    while at < text.len() && tried < RUNS {
        let length = text[at..].iter().take_while(|byte| value(**byte).is_some()).count();
        let run = &text[at..at + length];
        if length >= RUN && varied(run) {
            tried += 1;
            let before = out.len();
            decode(run, out);
            if meant(&out[before..]) {
                out.push(b'\n');
            } else {
                out.truncate(before);
            }
        }
        at += length.max(1);
    }
    !out.is_empty()
}

/// Words of one case are words.
fn varied(run: &[u8]) -> bool {
    let head = &run[..run.len().min(64)];
    let upper = head.iter().any(u8::is_ascii_uppercase);
    let other = head.iter().any(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    upper && other
}

/// Decodes, skipping what is not in either alphabet.
pub fn decode(text: &[u8], out: &mut Vec<u8>) {
    let mut held: u32 = 0;
    let mut bits = 0;
    for byte in text {
        let Some(six) = value(*byte) else { continue };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
        }
    }
}

#[inline]
fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
