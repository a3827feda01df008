//! Quoted-printable (RFC 2045 section 6.7): `=3C`, and lines that end in `=`.

use super::{ByteSet, nibble};

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.has(b'=')
        && text.windows(3).any(|three| match three {
            [b'=', b'\n', _] | [b'=', b'\r', b'\n'] => true,
            [b'=', high, low] => escape(*high, *low).is_some(),
            _ => false,
        })
}

fn escape(high: u8, low: u8) -> Option<u8> {
    if high.is_ascii_lowercase() || low.is_ascii_lowercase() {
        return None;
    }
    Some(nibble(high)? << 4 | nibble(low)?)
}

/// Decodes once; true if two escapes were there, since one may be a form's `a=10`.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut count = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'=' {
            if let (Some(high), Some(low)) = (text.get(at + 1), text.get(at + 2)) {
                if let Some(byte) = escape(*high, *low) {
                    out.push(byte);
                    at += 3;
                    count += 1;
                    continue;
                }
                if (*high, *low) == (b'\r', b'\n') {
                    at += 3;
                    count += 1;
                    continue;
                }
            }
            if text.get(at + 1) == Some(&b'\n') {
                at += 2;
                count += 1;
                continue;
            }
        }
        out.push(text[at]);
        at += 1;
    }
    count >= 2
}
