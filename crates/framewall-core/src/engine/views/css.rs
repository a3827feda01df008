//! CSS escapes (CSS Syntax, section 4.3.7): a backslash, one to six hexadecimal digits, one white space.

use super::{ByteSet, Spelling, nibble};

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.has(b'\\')
        && memchr::memchr_iter(b'\\', text).any(|at| text.get(at + 1).is_some_and(|byte| nibble(*byte).is_some()))
}

/// Decodes once; other backslashes stay.
pub fn make(text: &mut Spelling<'_>) -> bool {
    while text.keep_to(|rest| memchr::memchr(b'\\', rest)) {
        let rest = &text.rest()[1..];
        let digits = rest.iter().take(6).take_while(|byte| nibble(**byte).is_some()).count();
        if digits == 0 {
            text.keep(1);
            continue;
        }
        let code = rest[..digits].iter().filter_map(|byte| nibble(*byte));
        let code = code.fold(0, |code, digit| code << 4 | u32::from(digit));
        let blank = usize::from(rest.get(digits).is_some_and(u8::is_ascii_whitespace));
        text.replace_code(1 + digits + blank, code);
    }
    text.changed()
}
