//! Percent escapes (RFC 3986 section 2.1), IIS's `%uXXXX`, and the form's plus sign.

use super::{ByteSet, Spelling, nibble};

pub fn needs(set: &ByteSet, _: &[u8]) -> bool {
    set.has(b'%')
}

/// Decodes once; what is not an escape stays.
pub fn make(text: &mut Spelling<'_>) -> bool {
    while text.keep_to(|rest| memchr::memchr(b'%', rest)) {
        let rest = &text.rest()[1..];
        if let Some(byte) = pair(rest) {
            text.replace(3, &[byte]);
        } else if let Some(code) = wide(rest) {
            text.replace_code(6, code);
        } else {
            text.keep(1);
        }
    }
    text.changed()
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
pub fn plus(text: &mut Spelling<'_>) -> bool {
    while text.keep_to(|rest| memchr::memchr(b'+', rest)) {
        text.replace(1, b" ");
    }
    true
}
