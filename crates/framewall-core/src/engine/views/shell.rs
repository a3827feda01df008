//! What a shell sees: quotes, backslashes, carets and empty variables inside words vanish; `$IFS` is a space.

use super::spelling::find;
use super::{ByteSet, Spelling};

const MARKS: ByteSet = ByteSet::from(b"'\"\\^$`");
const OTHERS: ByteSet = ByteSet::from(b"\"\\^$`");

pub fn needs(set: &ByteSet, text: &[u8]) -> bool {
    set.meets(&MARKS) && !is_apostrophe(set, text) && (set.has(b'$') || text.windows(3).any(is_disguise))
}

/// Whether all there is is one single quote, which no shell takes for half a pair.
fn is_apostrophe(set: &ByteSet, text: &[u8]) -> bool {
    !set.meets(&OTHERS) && memchr::memchr(b'\'', text) == memchr::memrchr(b'\'', text)
}

fn is_disguise(three: &[u8]) -> bool {
    inside(three[0], three[1], three[2])
}

fn inside(before: u8, mark: u8, after: u8) -> bool {
    matches!(mark, b'\'' | b'"' | b'\\' | b'^' | b'`') && word(before) && (word(after) || mark == after)
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-')
}

/// One pass; true if anything inside a word went.
pub fn make(text: &mut Spelling<'_>) -> bool {
    while text.keep_to(find(&MARKS)) {
        let rest = text.rest();
        if let Some(length) = separator(rest) {
            text.replace(length, b" ");
        } else if let Some(length) = nothing(rest) {
            text.replace(length, b"");
        } else if matches!(rest[0], b'\'' | b'"' | b'\\' | b'^') && near_word(text.text(), text.at()) {
            text.replace(1, b"");
        } else {
            text.keep(1);
        }
    }
    text.changed()
}

/// `$IFS`, `${IFS}`, `${IFS%??}`, `$IFS$9`.
fn separator(rest: &[u8]) -> Option<usize> {
    if rest.starts_with(b"${IFS") {
        return rest.iter().take(24).position(|byte| *byte == b'}').map(|end| end + 1);
    }
    rest.starts_with(b"$IFS").then(|| if rest.starts_with(b"$IFS$9") { 6 } else { 4 })
}

/// `$@`, `$*`, `$1`, `${x}` of one letter, a pair of back-ticks: empty in most shells.
fn nothing(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'$', b'@' | b'*' | b'1'..=b'9' | b'!', ..] => Some(2),
        [b'$', b'{', b'a'..=b'z' | b'A'..=b'Z' | b'@' | b'*' | b'0'..=b'9', b'}', ..] => Some(4),
        [b'`', b'`', ..] => Some(2),
        [b'$', b'(', b')', ..] => Some(3),
        _ => None,
    }
}

fn near_word(text: &[u8], at: usize) -> bool {
    let before = at > 0 && (word(text[at - 1]) || text[at - 1] == text[at]);
    let after = text.get(at + 1).is_some_and(|byte| word(*byte) || *byte == text[at]);
    before && after && (!matches!(text[at], b'\'' | b'"') || paired(text, at))
}

/// Whether the word that this quote is in has another one: an apostrophe has none, and what it would quote has no end.
fn paired(text: &[u8], at: usize) -> bool {
    let stops = |byte: &&u8| **byte == text[at] || byte.is_ascii_whitespace();
    let quote = |found: Option<&u8>| found == Some(&text[at]);
    quote(text[..at].iter().rev().find(stops)) || quote(text[at + 1..].iter().find(stops))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs_it(text: &[u8]) -> bool {
        needs(&ByteSet::of(text), text)
    }

    #[test]
    fn a_lone_apostrophe_is_half_of_no_pair() {
        assert!(!needs_it(b"it's late") && !needs_it(b"don't"));
        for text in
            ["c'a't", "it's late, isn't it", "c''at", "it's $HOME", r#"it's "late""#, "w^hoami", r"c\at", "wh`ich"]
        {
            assert!(needs_it(text.as_bytes()), "{text}");
        }
    }
}
