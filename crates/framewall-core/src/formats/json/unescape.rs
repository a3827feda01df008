//! JSON string escapes, and those of JavaScript that lax parsers take.

/// Appends the text that `raw` (without its quotes) stands for. Lone surrogates become WTF-8; what is no escape stays.
pub fn unescape(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&letter, after)) = rest.split_first() else {
            out.push(b'\\');
            return;
        };
        rest = after;
        match letter {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'0' if !rest.first().is_some_and(u8::is_ascii_digit) => out.push(0),
            b'\n' => {}
            b'\r' => rest = rest.strip_prefix(b"\n").unwrap_or(rest),
            b'x' => match hex(rest, 2) {
                Some(unit) => {
                    push(unit, out);
                    rest = &rest[2..];
                }
                None => out.push(b'x'),
            },
            b'u' => rest = unicode(rest, out),
            other => out.push(other),
        }
    }
    out.extend_from_slice(rest);
}

/// After `\u`: four digits, a surrogate's other half, or `{…}`.
fn unicode<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    if let Some(unit) = hex(rest, 4) {
        let rest = &rest[4..];
        if (0xD800..0xDC00).contains(&unit)
            && rest.starts_with(b"\\u")
            && let Some(low) = hex(&rest[2..], 4)
            && (0xDC00..0xE000).contains(&low)
        {
            push(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
            return &rest[6..];
        }
        push(unit, out);
        return rest;
    }
    if let Some(inside) = rest.strip_prefix(b"{")
        && let Some(length) = inside.iter().take(7).position(|&byte| byte == b'}')
        && let Some(point) = hex(inside, length)
        && point <= 0x10_FFFF
    {
        push(point, out);
        return &inside[length + 1..];
    }
    out.push(b'u');
    rest
}

fn hex(bytes: &[u8], digits: usize) -> Option<u32> {
    if digits == 0 {
        return None;
    }
    bytes.get(..digits)?.iter().try_fold(0, |value, &byte| Some(value << 4 | (byte as char).to_digit(16)?))
}

/// Appends a code point as UTF-8, surrogates (which have none) as WTF-8.
fn push(point: u32, out: &mut Vec<u8>) {
    match char::from_u32(point) {
        Some(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend_from_slice(&[
            0xE0 | (point >> 12) as u8,
            0x80 | (point >> 6 & 0x3F) as u8,
            0x80 | (point & 0x3F) as u8,
        ]),
    }
}
