//! Other encodings of text: UTF-16, UTF-7, overlong UTF-8, and control bytes that readers skip.

use super::{ByteSet, base64, push_code};

/// Base64 digits of one UTF-7 run that are read at once.
const LONGEST: usize = 64;

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
pub fn controls(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.extend(text.iter().filter(|byte| !byte.is_ascii_control() || byte.is_ascii_whitespace()));
    out.len() != text.len() && out.len() * 4 >= text.len() * 2
}

pub fn overlong_needs(set: &ByteSet, text: &[u8]) -> bool {
    set.beyond_ascii()
        && (set.has(0xc0) || set.has(0xc1) || set.has(0xe0) || set.has(0xf0))
        && std::str::from_utf8(text).is_err()
}

/// Overlong UTF-8 as a decoder that does not check would read it; IIS's `C0 2E` too.
pub fn overlong(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    let mut at = 0;
    while at < text.len() {
        let more = match text[at] {
            0xc0 | 0xc1 => 1,
            0xe0 => 2,
            0xf0 => 3,
            _ => 0,
        };
        if more > 0 && at + more < text.len() {
            let tail = &text[at + 1..=at + more];
            let code = tail
                .iter()
                .fold(u32::from(text[at] & 0x1f & (0x3f >> more)), |code, byte| code << 6 | u32::from(byte & 0x3f));
            let checked = more == 1 || tail.iter().all(|byte| byte & 0xc0 == 0x80);
            if code < 0x80 && checked {
                out.push(code as u8);
                at += more + 1;
                changed = true;
                continue;
            }
        }
        out.push(text[at]);
        at += 1;
    }
    changed
}

pub fn utf7_needs(set: &ByteSet, text: &[u8]) -> bool {
    set.has(b'+') && !set.beyond_ascii() && memchr::memmem::find(text, b"+A").is_some()
}

/// UTF-7 (RFC 2152): `+ADw-` is `<`. True only if a run decoded to ASCII that plain text would not hide.
pub fn utf7(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'+' {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let run = text[at + 1..]
            .iter()
            .take(LONGEST)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
            .count();
        let mut bytes = Vec::new();
        base64::decode(&text[at + 1..at + 1 + run], &mut bytes);
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        let plain = !units.is_empty() && units.iter().all(|unit| matches!(unit, 0x09 | 0x0a | 0x0d | 0x20..=0x7e));
        if plain {
            out.extend(units.iter().map(|unit| *unit as u8));
            at += 1 + run;
            at += usize::from(text.get(at) == Some(&b'-'));
            changed = true;
        } else {
            out.push(b'+');
            at += 1;
        }
    }
    changed
}
