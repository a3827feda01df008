//! Quoted-printable (RFC 2045 section 6.7): `=3C`, and lines that end in `=`.

use super::{ByteSet, Spelling, nibble};

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.has(b'=') && memchr::memchr_iter(b'=', text).filter(|at| read(&text[*at..]).is_some()).nth(1).is_some()
}

/// What an equals sign begins: its length, and the byte unless it joins two lines.
fn read(rest: &[u8]) -> Option<(usize, Option<u8>)> {
    match rest {
        [_, b'\r', b'\n', ..] => Some((3, None)),
        [_, b'\n', ..] => Some((2, None)),
        [_, high, low, ..] => Some((3, Some(escape(*high, *low)?))),
        _ => None,
    }
}

fn escape(high: u8, low: u8) -> Option<u8> {
    if high.is_ascii_lowercase() || low.is_ascii_lowercase() {
        return None;
    }
    Some(nibble(high)? << 4 | nibble(low)?)
}

/// Decodes once; true if two escapes were there, since one may be a form's `a=10`.
pub fn make(text: &mut Spelling<'_>) -> bool {
    let mut count = 0;
    while text.keep_to(|rest| memchr::memchr(b'=', rest)) {
        match read(text.rest()) {
            Some((length, byte)) => {
                text.replace(length, byte.as_slice());
                count += 1;
            }
            None => text.keep(1),
        }
    }
    count >= 2
}
