//! XPath and XQuery: does a text leave its predicate and walk the document?

use super::search::Stops;
use super::{Best, Hit};

const AXES: &[&[u8]] = &[
    b"child",
    b"parent",
    b"ancestor",
    b"ancestor-or-self",
    b"descendant",
    b"descendant-or-self",
    b"following",
    b"following-sibling",
    b"preceding",
    b"preceding-sibling",
    b"attribute",
    b"namespace",
    b"self",
];

/// Where something of the language may be.
const SIGNS: Stops = Stops::at(b":/](");

/// The strongest place where `text` acts as XPath.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    // A predicate can be closed that the text did not open.
    let opened = memchr::memchr(b'[', text).unwrap_or(text.len());
    let mut read = 0;
    while let Some(at) = SIGNS.next(text, read) {
        read = at + 1;
        match text[at] {
            b':' if text.get(at + 1) == Some(&b':') => axis(text, at, &mut best),
            b'/' => steps(text, at, &mut best),
            b']' if at < opened => predicate(text, at, &mut best),
            b'(' => call(text, at, &mut best),
            _ => {}
        }
    }
    best.0
}

fn name_before(text: &[u8], at: usize) -> &[u8] {
    let length =
        text[..at].iter().rev().take(24).take_while(|byte| byte.is_ascii_lowercase() || **byte == b'-').count();
    &text[at - length..at]
}

/// `child::node()`
fn axis(text: &[u8], at: usize, best: &mut Best) {
    let name = name_before(text, at);
    if !AXES.contains(&name) {
        return;
    }
    let node = &text[at + 2..];
    let test = node.starts_with(b"node()")
        || node.starts_with(b"text()")
        || node.starts_with(b"*")
        || node.starts_with(b"comment()");
    let walks = at > name.len() && matches!(text[at - name.len() - 1], b'/' | b'(' | b'[');
    let strength = match (test, walks) {
        (true, _) => 75,
        (false, true) => 60,
        _ => 25,
    };
    best.offer(strength, at - name.len()..text.len().min(at + 8), "XPath axis");
}

/// `| //*`, `//user[`, `/text()`
fn steps(text: &[u8], at: usize, best: &mut Best) {
    let rest = &text[at..];
    let before = text[..at].trim_ascii_end().last().copied();
    if rest.starts_with(b"/text()") || rest.starts_with(b"/node()") || rest.starts_with(b"/comment()") {
        best.offer(60, at..at + 6, "XPath node test");
    }
    if !rest.starts_with(b"//") {
        return;
    }
    let step = &rest[2..];
    let name = step
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'*' | b'@'))
        .count();
    let bracket = step.get(name) == Some(&b'[');
    if name == 0 {
        return;
    }
    let strength = match (before, bracket) {
        (Some(b'|' | b']' | b'('), true) => 75,
        (Some(b'|' | b']'), false) => 70,
        (Some(b'('), false) => 45,
        (Some(b':'), _) => 0,
        (_, true) if step[0] == b'*' => 65,
        (_, true) => 40,
        _ => 0,
    };
    best.offer(strength, at..at + 2 + name, "XPath step");
}

/// `'] | …`, `' or 1=1]`
fn predicate(text: &[u8], at: usize, best: &mut Best) {
    let next = text[at + 1..].trim_ascii_start();
    let quoted = at > 0 && matches!(text[at - 1], b'\'' | b'"');
    if quoted && (next.starts_with(b"|") || next.starts_with(b"/") || next.starts_with(b"[")) {
        best.offer(70, at - 1..at + 1, "predicate closed");
    }
}

/// `count(/…)`, `string-length(name(/*[1]))`, `doc('http://…')`
fn call(text: &[u8], at: usize, best: &mut Best) {
    let name = name_before(text, at);
    let inner = text[at + 1..].trim_ascii_start();
    let strength = match name {
        b"string-length"
        | b"substring"
        | b"count"
        | b"name"
        | b"local-name"
        | b"normalize-space"
        | b"starts-with"
        | b"contains"
        | b"string-to-codepoints"
        | b"codepoints-to-string"
            if inner.starts_with(b"/") || inner.starts_with(b"name(") || inner.starts_with(b"//") =>
        {
            70
        }
        b"doc" | b"document" | b"unparsed-text" | b"doc-available"
            if inner.starts_with(b"'http")
                || inner.starts_with(b"\"http")
                || inner.starts_with(b"concat(")
                || inner.starts_with(b"'file")
                || inner.starts_with(b"\"file") =>
        {
            72
        }
        b"name" | b"position" | b"last" | b"local-name" if inner.starts_with(b")") => {
            let after = inner[1..].trim_ascii_start().first().copied();
            let before = text[..at - name.len()].trim_ascii_end();
            let logic = ends(before, b" or") || ends(before, b" and");
            if after == Some(b'=') && logic { 60 } else { 10 }
        }
        b"system-property" => 65,
        _ => return,
    };
    best.offer(strength, at - name.len()..at + 1, "XPath function");
}

/// Whether `text` ends in `end`, whatever its case.
fn ends(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

#[cfg(test)]
mod tests {
    use super::super::SURE;
    use super::judge;

    fn strength(text: &str) -> u8 {
        judge(text.as_bytes()).map_or(0, |hit| hit.strength)
    }

    #[test]
    fn walks_are_sure() {
        for text in [
            "x' or name()='username' or 'x'='y",
            "'] | //* | //*['",
            "' or count(/child::node())=1 or ''='",
            "') or string-length(name(/*[1]))=4 or ('",
            "//user[1]/text()",
            "doc('http://evil.example/x')",
        ] {
            assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
        }
    }

    #[test]
    fn talk_is_not() {
        for text in [
            "http://example.com/a/b",
            "std::self::x",
            "count(items) is 4",
            "// comment [here]",
            "a/b//c",
            "self::default()",
        ] {
            assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
        }
    }
}
