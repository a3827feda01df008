//! Percent escapes (RFC 3986 section 2.1), IIS's `%uXXXX`, and the form's plus sign.

use super::{ByteSet, nibble, push_code};

pub fn needs(set: &ByteSet, _: &[u8]) -> bool {
    set.has(b'%')
}

/// Decodes once; what is not an escape stays.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'%', &text[at..]) {
        out.extend_from_slice(&text[at..at + next]);
        at += next;
        let rest = &text[at + 1..];
        if let Some(byte) = pair(rest) {
            out.push(byte);
            at += 3;
            changed = true;
        } else if let Some(code) = wide(rest) {
            push_code(out, code);
            at += 6;
            changed = true;
        } else {
            out.push(b'%');
            at += 1;
        }
    }
    out.extend_from_slice(&text[at..]);
    changed
}

fn pair(rest: &[u8]) -> Option<u8> {
    Some(nibble(*rest.first()?)? << 4 | nibble(*rest.get(1)?)?)
}

fn wide(rest: &[u8]) -> Option<u32> {
    if !matches!(rest.first()?, b'u' | b'U') || rest.len() < 5 {
        return None;
    }
    rest[1..5].iter().try_fold(0, |code, byte| Some(code << 4 | u32::from(nibble(*byte)?)))
}

pub fn plus_needs(set: &ByteSet, _: &[u8]) -> bool {
    set.has(b'+') && !set.has(b' ')
}

/// `+` for a space, where the text has no other space.
pub fn plus(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.extend(text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }));
    true
}
