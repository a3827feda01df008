//! Quoted-printable (RFC 2045 section 6.7): `=3C`, and lines that end in `=`.

use super::{ByteSet, Spelling, nibble};

/// Whether two escapes are there, and not only numbers that are given to names: `width=40 height=30`.
pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    if !set.has(b'=') {
        return false;
    }
    let mut escapes = memchr::memchr_iter(b'=', text).filter(|at| read(&text[*at..]).is_some());
    let Some(first) = escapes.next() else { return false };
    let Some(second) = escapes.next() else { return false };
    [first, second].into_iter().chain(escapes).any(|at| is_sure(text, at))
}

/// Whether an escape there is no number after a name, and no end of a line that is drawn or left open.
fn is_sure(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text[before]);
    match text[at + 1..] {
        [b'\r' | b'\n', ..] => before.is_some_and(|byte| byte.is_ascii_graphic() && byte != b'='),
        [high, low, ..] if high.is_ascii_digit() && low.is_ascii_digit() => !before
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"_]\"".contains(&byte)),
        _ => true,
    }
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
