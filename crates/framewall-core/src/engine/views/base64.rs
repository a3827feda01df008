//! Base64 (RFC 4648) in both alphabets, with or without padding, as leniently as Node reads it.

use super::{ByteSet, meant, says};

/// Encoded bytes below which nothing worth finding fits.
const SHORTEST: usize = 8;
/// A run inside other text must be this long to be tried.
const RUN: usize = 16;
/// Runs of one text that are tried.
const RUNS: usize = 8;

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    const SPACE: ByteSet = ByteSet::from(b" ");
    text.len() >= SHORTEST && (!set.meets(&SPACE) || has_word(text, RUN))
}

/// Whether so many bytes in a row are no blanks. Looks at the last byte that such a word could have first.
fn has_word(text: &[u8], long: usize) -> bool {
    let mut start = 0;
    while let Some(word) = text.get(start..start + long) {
        match word.iter().rposition(|byte| *byte == b' ') {
            Some(blank) => start += blank + 1,
            None => return true,
        }
    }
    false
}

/// The whole text if it decodes to something meant, or said amid noise; else the long runs in it that do, a line each.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let body = text.trim_ascii();
    if mostly(body) && varied(body) {
        decode(body, out);
        if meant(out) || says(out) {
            return true;
        }
        out.clear();
    }
    runs(text, out)
}

/// Whether there are enough digits, and little but digits and what may stand between them. Other texts show it early.
fn mostly(body: &[u8]) -> bool {
    let (mut digits, mut others) = (0, 0);
    for chunk in body.chunks(4096) {
        digits += chunk.iter().filter(|byte| value(**byte).is_some()).count();
        others += chunk.iter().filter(|byte| value(**byte).is_none() && !matches!(byte, b'=' | b'\r' | b'\n')).count();
        if others * 8 > body.len() {
            return false;
        }
    }
    digits >= SHORTEST
}

fn runs(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut tried = 0;
    let mut from = 0;
    while tried < RUNS
        && let Some(start) = run(text, from, RUN)
    {
        let length = text[start..].iter().take_while(|byte| value(**byte).is_some()).count();
        let run = &text[start..start + length];
        from = start + length;
        if varied(run) {
            tried += 1;
            let before = out.len();
            decode(run, out);
            if meant(&out[before..]) || says(&out[before..]) {
                out.push(b'\n');
            } else {
                out.truncate(before);
            }
        }
    }
    !out.is_empty()
}

/// Where the first run of so many digits begins; looks at the last byte that it would have, first.
pub fn run(text: &[u8], from: usize, long: usize) -> Option<usize> {
    let mut at = from;
    while let Some(last) = at.checked_add(long).filter(|end| *end <= text.len()) {
        let digits = text[at..last].iter().rev().take_while(|byte| value(**byte).is_some()).count();
        if digits == long {
            return Some(at);
        }
        at = last - digits;
    }
    None
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

/// What a digit of either alphabet stands for.
#[inline]
pub(crate) fn value(byte: u8) -> Option<u8> {
    const NONE: u8 = 0xff;
    static VALUES: [u8; 256] = {
        let mut values = [NONE; 256];
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut at = 0;
        while at < digits.len() {
            values[digits[at] as usize] = at as u8;
            at += 1;
        }
        values[b'-' as usize] = 62;
        values[b'_' as usize] = 63;
        values
    };
    match VALUES[usize::from(byte)] {
        NONE => None,
        value => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_word_is_seen_wherever_it_stands() {
        for before in 0..40 {
            for after in 0..20 {
                let text = |long: usize| {
                    let blanks = |count: usize| "a ".repeat(count / 2) + if count % 2 == 1 { " " } else { "" };
                    blanks(before) + &"x".repeat(long) + " " + &blanks(after)
                };
                assert!(has_word(text(RUN).as_bytes(), RUN), "{before} {after}");
                assert!(!has_word(text(RUN - 1).as_bytes(), RUN), "{before} {after}");
            }
        }
        assert!(!has_word(b"", RUN) && has_word(&[b'x'; RUN], RUN));
    }
}
