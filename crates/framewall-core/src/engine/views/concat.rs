//! Strings put together by the language that runs them: `'al'+'ert'`, `"a"."b"`, `'a'||'b'`, `'a' 'b'`.

use super::ByteSet;

const QUOTES: ByteSet = ByteSet::from(b"'\"`");

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.meets(&QUOTES) && text.len() >= 5
}

/// Drops closing quote, operator and opening quote wherever they meet.
pub fn make(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if QUOTES.has(byte)
            && let Some(length) = joint(&text[at..], byte)
        {
            at += length;
            changed = true;
            continue;
        }
        out.push(byte);
        at += 1;
    }
    changed
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
