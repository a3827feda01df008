//! Strings put together by the language that runs them: `'al'+'ert'`, `"a"."b"`, `'a'||'b'`, `'a' 'b'`.

use super::{ByteSet, Spelling};

const QUOTES: ByteSet = ByteSet::from(b"'\"`");

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.meets(&QUOTES) && text.len() >= 5
}

/// Drops closing quote, operator and opening quote wherever they meet.
pub fn make(text: &mut Spelling<'_>) -> bool {
    while text.keep_to(|rest| memchr::memchr3(b'\'', b'"', b'`', rest)) {
        match joint(text.rest(), text.rest()[0]) {
            Some(length) => text.replace(length, b""),
            None => text.keep(1),
        }
    }
    text.changed()
}

fn joint(rest: &[u8], quote: u8) -> Option<usize> {
    let spaces = |from: usize| rest[from..].iter().take(8).take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut at = 1 + spaces(1);
    let operator = match rest.get(at..)? {
        [b'|', b'|', ..] => 2,
        [b'+' | b'.' | b'&', ..] => 1,
        _ => return None,
    };
    at += operator;
    at += spaces(at);
    (rest.get(at) == Some(&quote)).then_some(at + 1)
}
