//! Other encodings of text: UTF-16, UTF-7, overlong UTF-8, and control bytes that readers skip.

use super::spelling::find;
use super::{ByteSet, Spelling, base64, push_code};

/// Whether the bytes look like UTF-16 or UTF-32 of mostly ASCII text.
pub fn wide(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return true;
    }
    let head = &bytes[..bytes.len().min(256) & !1];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let pairs = head.len() / 2;
    pairs >= 2
        && (zeros(0) * 4 >= pairs * 3 && zeros(1) * 4 <= pairs || zeros(1) * 4 >= pairs * 3 && zeros(0) * 4 <= pairs)
}

pub fn utf16_needs(set: &ByteSet, text: &[u8]) -> bool {
    (set.has(0) || set.has(0xff)) && text.len() >= 4 && wide(text)
}

/// Decodes UTF-16 in the byte order that gives more ASCII.
pub fn utf16(text: &[u8], out: &mut Vec<u8>) -> bool {
    let big = match text {
        [0xfe, 0xff, ..] => true,
        [0xff, 0xfe, ..] => false,
        _ => text.iter().step_by(2).take(128).filter(|byte| **byte == 0).count() * 4 >= text.len().min(256),
    };
    let units = text
        .chunks_exact(2)
        .map(|p| if big { u16::from_be_bytes([p[0], p[1]]) } else { u16::from_le_bytes([p[0], p[1]]) });
    for character in char::decode_utf16(units) {
        match character.map_or(0xfffd, |c| c as u32) {
            0xfeff => {}
            code => push_code(out, code),
        }
    }
    true
}

pub fn controls_needs(set: &ByteSet, _: &[u8]) -> bool {
    set.controls()
}

/// Without NUL and the other controls, which parsers skip or cut at.
pub fn controls(text: &mut Spelling<'_>) -> bool {
    let skipped = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    while text.keep_to(|rest| rest.iter().position(skipped)) {
        text.replace(text.rest().iter().take_while(|byte| skipped(byte)).count(), b"");
    }
    text.changed() && text.written() * 2 >= text.text().len()
}

pub fn overlong_needs(set: &ByteSet, text: &[u8]) -> bool {
    set.beyond_ascii()
        && (set.has(0xc0) || set.has(0xc1) || set.has(0xe0) || set.has(0xf0))
        && std::str::from_utf8(text).is_err()
}

/// Overlong UTF-8 as a decoder that does not check would read it; IIS's `C0 2E` too.
pub fn overlong(text: &mut Spelling<'_>) -> bool {
    const LEADS: ByteSet = ByteSet::from(b"\xc0\xc1\xe0\xf0");
    while text.keep_to(find(&LEADS)) {
        let rest = text.rest();
        let more = match rest[0] {
            0xe0 => 2,
            0xf0 => 3,
            _ => 1,
        };
        let code = rest.get(1..=more).and_then(|tail| {
            let lead = u32::from(rest[0] & 0x1f & (0x3f >> more));
            let code = tail.iter().fold(lead, |code, byte| code << 6 | u32::from(byte & 0x3f));
            let checked = more == 1 || tail.iter().all(|byte| byte & 0xc0 == 0x80);
            (code < 0x80 && checked).then_some(code as u8)
        });
        match code {
            Some(byte) => text.replace(more + 1, &[byte]),
            None => text.keep(1),
        }
    }
    text.changed()
}

/// Whether a run of base64 digits there begins with an ASCII character.
fn begins(run: &[u8]) -> bool {
    matches!(run, [b'A', b'A'..=b'H', last, ..] if last.is_ascii_alphanumeric() || matches!(last, b'+' | b'/'))
}

pub fn utf7_needs(set: &ByteSet, text: &[u8]) -> bool {
    set.has(b'+') && !set.beyond_ascii() && memchr::memchr_iter(b'+', text).any(|at| begins(&text[at + 1..]))
}

/// UTF-7 (RFC 2152): `+ADw-` is `<`. Of a run, as much as is ASCII; the rest is read again as it stands.
pub fn utf7(text: &mut Spelling<'_>) -> bool {
    let mut plain = Vec::new();
    while text.keep_to(|rest| memchr::memchr(b'+', rest)) {
        let digits = &text.rest()[1..];
        plain.clear();
        let read = if begins(digits) { shifted(digits, &mut plain) } else { 0 };
        if plain.is_empty() {
            text.keep(1);
            continue;
        }
        let hyphen = usize::from(digits.get(read) == Some(&b'-'));
        text.replace(1 + read + hyphen, &plain);
    }
    text.changed()
}

/// The ASCII that a run of base64 digits begins with; how many digits stand for it, all of them if only padding is left.
fn shifted(digits: &[u8], plain: &mut Vec<u8>) -> usize {
    let (mut held, mut bits, mut used) = (0u32, 0, 0);
    for (at, byte) in digits.iter().enumerate() {
        let digit = match byte {
            b'-' | b'_' => None,
            _ => base64::value(*byte),
        };
        let Some(digit) = digit else { return at };
        held = held << 6 | u32::from(digit);
        bits += 6;
        if bits >= 16 {
            bits -= 16;
            match (held >> bits) as u16 {
                unit @ (0x09 | 0x0a | 0x0d | 0x20..=0x7e) => plain.push(unit as u8),
                _ => return used,
            }
            held &= (1 << bits) - 1;
            used = at + 1;
        }
    }
    digits.len()
}
