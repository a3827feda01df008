//! CSS escapes (CSS Syntax, section 4.3.7): a backslash, one to six hexadecimal digits, one white space.

use super::{ByteSet, nibble, push_code};

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.has(b'\\') && text.windows(2).any(|pair| pair[0] == b'\\' && nibble(pair[1]).is_some())
}

/// Decodes once; other backslashes stay.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    let mut at = 0;
    while at < text.len() {
        let digits = if text[at] == b'\\' {
            text[at + 1..].iter().take(6).take_while(|byte| nibble(**byte).is_some()).count()
        } else {
            0
        };
        if digits == 0 {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let code = text[at + 1..at + 1 + digits].iter().filter_map(|byte| nibble(*byte));
        push_code(out, code.fold(0, |code, digit| code << 4 | u32::from(digit)));
        at += 1 + digits;
        at += usize::from(text.get(at).is_some_and(u8::is_ascii_whitespace));
        changed = true;
    }
    changed
}
