//! XML references: the five predefined entities and characters by number. Nothing else is resolved, ever.

/// Longest reference that is one: `&#x10FFFF;` with room for zeros.
const LONGEST: usize = 24;

/// Appends `raw` with its references decoded; unknown ones stay as written.
pub fn decode(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.iter().take(LONGEST).position(|&byte| byte == b';');
        match end.and_then(|end| Some((end, character(&rest[..end])?))) {
            Some((end, character)) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[end + 1..];
            }
            None => out.push(b'&'),
        }
    }
    out.extend_from_slice(rest);
}

fn character(name: &[u8]) -> Option<char> {
    match name {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let point = digits
        .iter()
        .try_fold(0u32, |value, &byte| value.checked_mul(radix)?.checked_add((byte as char).to_digit(radix)?))?;
    char::from_u32(point)
}
