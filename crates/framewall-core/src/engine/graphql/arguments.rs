//! The strings in a GraphQL document's arguments: what a client wrote into the query instead of its variables.

use std::ops::ControlFlow;

use super::{is_document, string};

/// Hands over each string of an argument, an input field or a list in one: the name before it and the value, with the
/// escapes undone that hide quotes, backslashes and line breaks (GraphQL, October 2021, section 2.9.4).
pub fn each(text: &[u8], mut take: impl FnMut(&[u8], Vec<u8>) -> ControlFlow<()>) {
    if !may_hold(text) {
        return;
    }
    let (mut at, mut parens, mut word) = (0, 0usize, 0..0);
    // What a string is the value of, once a colon has followed the name.
    let mut name = None;
    while at < text.len() {
        let rest = &text[at..];
        let length = match rest[0] {
            b'#' => memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()),
            b'"' => {
                let (length, value) = value(rest);
                if let (Some(name), 1..) = (&name, parens)
                    && take(&text[std::ops::Range::clone(name)], value).is_break()
                {
                    return;
                }
                length
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                word = at..at + length;
                length
            }
            sign => {
                match sign {
                    b'(' => parens += 1,
                    b')' => parens = parens.saturating_sub(1),
                    b':' => name = Some(word.clone()),
                    _ => {}
                }
                1
            }
        };
        if parens == 0 {
            name = None;
        }
        at += length;
    }
}

/// Whether a text is a document with arguments. JSON, which opens in the same way, goes on with a quote.
fn may_hold(text: &[u8]) -> bool {
    const BLANK: fn(&u8) -> bool = |byte| byte.is_ascii_whitespace() || *byte == b',';
    let first = text.iter().find(|byte| !BLANK(byte)).copied().unwrap_or(0);
    if !matches!(first, b'{' | b'q' | b'm' | b's' | b'f' | b'#' | 0xef) || !is_document(text) {
        return false;
    }
    let Some(open) = memchr::memchr(b'{', text) else { return false };
    let next = text[open + 1..].iter().find(|byte| !BLANK(byte)).copied().unwrap_or(0);
    (next.is_ascii_alphabetic() || matches!(next, b'_' | b'.' | b'#'))
        && memchr::memchr(b'(', text).is_some()
        && memchr::memchr(b'"', text).is_some()
}

/// How long a string is, and what it says.
fn value(rest: &[u8]) -> (usize, Vec<u8>) {
    const BLOCK: &[u8] = b"\"\"\"";
    if rest.starts_with(BLOCK) {
        let mut from = BLOCK.len();
        let end = loop {
            match memchr::memmem::find(&rest[from..], BLOCK) {
                Some(at) if rest[from + at - 1] == b'\\' => from += at + BLOCK.len(),
                Some(at) => break from + at,
                None => break rest.len(),
            }
        };
        return (rest.len().min(end + BLOCK.len()), rest[BLOCK.len()..end].to_vec());
    }
    let length = string(rest);
    let closed = length > 1 && rest[length - 1] == b'"';
    (length, undone(&rest[1..length - usize::from(closed)]))
}

/// The escapes that only a string needs; any other is one that a text may hold as well.
fn undone(escaped: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(escaped.len());
    let mut bytes = escaped.iter();
    while let Some(byte) = bytes.next() {
        match (*byte, bytes.as_slice().first()) {
            (b'\\', Some(next @ (b'"' | b'\\' | b'/' | b'n' | b'r' | b't'))) => {
                plain.push(match next {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    same => *same,
                });
                bytes.next();
            }
            _ => plain.push(*byte),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        each(text.as_bytes(), |name, value| {
            found.push((String::from_utf8_lossy(name).into(), String::from_utf8_lossy(&value).into()));
            ControlFlow::Continue(())
        });
        found
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn arguments_fields_and_lists_have_strings() {
        let text = r#"# " (a: "no")
            query Q($n: Int = 1) { user(name: "a", where: {id: ["b", "c"]}) { say(to: """d "e" """) } }"#;
        let found = [pair("name", "a"), pair("id", "b"), pair("id", "c"), pair("to", "d \"e\" ")];
        assert_eq!(all(text), found);
    }

    #[test]
    fn escapes_are_undone_but_for_those_of_any_text() {
        assert_eq!(all(r#"{a(b:"x\" or \"1\"=\"1\\\n\u0027")}"#), [pair("b", "x\" or \"1\"=\"1\\\n\\u0027")]);
    }

    #[test]
    fn a_string_that_nothing_closes_is_one_to_the_end() {
        for open in [r#"{a(b:"x"#, r#"{a(b:""""#, r#"{a(b:"\"#, r#"{a(b:"""x\""""#] {
            assert_eq!(all(open).len(), 1, "{open}");
        }
    }

    #[test]
    fn other_texts_have_none() {
        for text in [r#"{"a": "(b: \"c\")"}"#, r#"f(b: "c") { d }"#, r#"query me (b: "c")"#, r#"{ a: "b" }"#] {
            assert_eq!(all(text), [], "{text}");
        }
    }
}
