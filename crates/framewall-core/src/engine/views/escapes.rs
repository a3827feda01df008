//! Backslash escapes of JavaScript, JSON, C and the shell: `\x3c`, `\u003c`, `\u{3c}`, `\74`, `\n`, `\'`.

use super::{ByteSet, nibble, push_code};

pub fn needs(set: &ByteSet, _: &[u8]) -> bool {
    set.has(b'\\')
}

/// Decodes once; a backslash before anything else is dropped, as JavaScript does.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &text[at..]) {
        out.extend_from_slice(&text[at..at + next]);
        at += next + 1;
        at += escape(&text[at..], out);
    }
    out.extend_from_slice(&text[at..]);
    true
}

/// One escape after its backslash; how many bytes it took.
fn escape(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let Some(&first) = rest.first() else {
        out.push(b'\\');
        return 0;
    };
    match first {
        b'x' | b'X' => match digits(&rest[1..], 2) {
            Some(code) => {
                out.push(code as u8);
                return 3;
            }
            None => out.push(first),
        },
        b'u' if rest.get(1) == Some(&b'{') => return braced(rest, out),
        b'u' => return unicode(rest, out),
        b'U' => match digits(&rest[1..], 8) {
            Some(code) => {
                push_code(out, code);
                return 9;
            }
            None => out.push(b'U'),
        },
        b'0'..=b'7' => return octal(rest, out),
        b'n' => out.push(b'\n'),
        b'r' => out.push(b'\r'),
        b't' => out.push(b'\t'),
        b'b' => out.push(8),
        b'f' => out.push(12),
        b'v' => out.push(11),
        b'\n' => {}
        other => out.push(other),
    }
    1
}

fn digits(rest: &[u8], count: usize) -> Option<u32> {
    let digits = rest.get(..count)?;
    digits.iter().try_fold(0u32, |code, byte| Some(code << 4 | u32::from(nibble(*byte)?)))
}

fn braced(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let mut code: u32 = 0;
    let mut at = 2;
    while let Some(digit) = rest.get(at).and_then(|byte| nibble(*byte)) {
        code = code.saturating_mul(16).saturating_add(u32::from(digit));
        at += 1;
    }
    if at == 2 || rest.get(at) != Some(&b'}') {
        out.push(b'u');
        return 1;
    }
    push_code(out, code);
    at + 1
}

fn unicode(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let Some(high) = digits(&rest[1..], 4) else {
        out.push(b'u');
        return 1;
    };
    if (0xd800..0xdc00).contains(&high)
        && let Some(b"\\u") = rest.get(5..7)
        && let Some(low @ 0xdc00..0xe000) = digits(&rest[7..], 4)
    {
        push_code(out, 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
        return 11;
    }
    push_code(out, high);
    5
}

fn octal(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let length = rest.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let code = rest[..length].iter().fold(0u32, |code, byte| code << 3 | u32::from(byte - b'0'));
    out.push(code as u8);
    length
}
