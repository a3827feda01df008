//! Backslash escapes of JavaScript, JSON, C and the shell: `\x3c`, `\u003c`, `\u{3c}`, `\74`, `\n`, `\'`.

use super::{ByteSet, Spelling, nibble};

pub fn needs(set: &ByteSet, _: &[u8]) -> bool {
    set.has(b'\\')
}

/// Decodes once; a backslash before anything else is dropped, as JavaScript does.
pub fn make(text: &mut Spelling<'_>) -> bool {
    while text.keep_to(|rest| memchr::memchr(b'\\', rest)) {
        match escape(&text.rest()[1..]) {
            (0, _) => text.keep(1),
            (length, Meant::Code(code)) => text.replace_code(1 + length, code),
            (length, Meant::Byte(byte)) => text.replace(1 + length, &[byte]),
            (length, Meant::Nothing) => text.replace(1 + length, b""),
        }
    }
    true
}

enum Meant {
    Byte(u8),
    Code(u32),
    Nothing,
}

/// One escape after its backslash: how long it is, 0 at the end of the text, and what it stands for.
fn escape(rest: &[u8]) -> (usize, Meant) {
    let Some(&first) = rest.first() else { return (0, Meant::Nothing) };
    let byte = match first {
        b'x' | b'X' => match digits(&rest[1..], 2) {
            Some(code) => return (3, Meant::Byte(code as u8)),
            None => first,
        },
        b'u' if rest.get(1) == Some(&b'{') => return braced(rest),
        b'u' => return unicode(rest),
        b'U' => match digits(&rest[1..], 8) {
            Some(code) => return (9, Meant::Code(code)),
            None => b'U',
        },
        b'0'..=b'7' => return octal(rest),
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        b'\n' => return (1, Meant::Nothing),
        other => other,
    };
    (1, Meant::Byte(byte))
}

fn digits(rest: &[u8], count: usize) -> Option<u32> {
    let digits = rest.get(..count)?;
    digits.iter().try_fold(0u32, |code, byte| Some(code << 4 | u32::from(nibble(*byte)?)))
}

fn braced(rest: &[u8]) -> (usize, Meant) {
    // Leading zeros aside, no code point has more digits; a longer run is none.
    let zeros = rest[2..].iter().take_while(|byte| **byte == b'0').count();
    let mut code: u32 = 0;
    let mut at = 2 + zeros;
    while let Some(digit) = rest.get(at).and_then(|byte| nibble(*byte)) {
        code = code.saturating_mul(16).saturating_add(u32::from(digit));
        at += 1;
    }
    if at == 2 || rest.get(at) != Some(&b'}') {
        return (1, Meant::Byte(b'u'));
    }
    (at + 1, Meant::Code(code))
}

fn unicode(rest: &[u8]) -> (usize, Meant) {
    let Some(high) = digits(&rest[1..], 4) else { return (1, Meant::Byte(b'u')) };
    if (0xd800..0xdc00).contains(&high)
        && let Some(b"\\u") = rest.get(5..7)
        && let Some(low @ 0xdc00..0xe000) = digits(&rest[7..], 4)
    {
        return (11, Meant::Code(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
    }
    (5, Meant::Code(high))
}

fn octal(rest: &[u8]) -> (usize, Meant) {
    let length = rest.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let code = rest[..length].iter().fold(0u32, |code, byte| code << 3 | u32::from(byte - b'0'));
    (length, Meant::Byte(code as u8))
}
