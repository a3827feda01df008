//! A lexer for GraphQL documents: how deep, how wide, how many aliases, and whether the schema is asked for.

pub(super) mod arguments;

use super::tokens::Hit;

/// Selection sets inside one another.
pub const DEPTH: usize = 15;
/// Aliased fields.
pub const ALIASES: usize = 30;
/// Directives, fragments and fields; the cost of a document grows with them.
pub const FIELDS: usize = 500;
/// Directives.
pub const DIRECTIVES: usize = 50;

/// Finds a document that costs too much. Introspection is a rule of its own.
pub fn judge(text: &[u8]) -> Option<Hit> {
    memchr::memchr(b'{', text)?;
    if !is_document(text) {
        return None;
    }
    let mut count = Count::default();
    let mut at = 0;
    while at < text.len() {
        at += count.token(&text[at..]);
        if count.parens == 0
            && (count.depth > DEPTH
                || count.aliases > ALIASES
                || count.fields > FIELDS
                || count.directives > DIRECTIVES)
        {
            return Some(Hit { span: 0..at, strength: 90, reason: "a query that costs too much" });
        }
    }
    None
}

/// Whether a document could begin here: no server takes one that begins otherwise, as other languages' code does.
fn is_document(text: &[u8]) -> bool {
    const FIRST: [&[u8]; 4] = [b"query", b"mutation", b"subscription", b"fragment"];
    let mut rest = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    loop {
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
        rest = &rest[blank..];
        if rest.first() != Some(&b'#') {
            break;
        }
        rest = &rest[memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())..];
    }
    rest.first() == Some(&b'{') || FIRST.iter().any(|word| rest.starts_with(word))
}

#[derive(Default)]
struct Count {
    depth: usize,
    parens: usize,
    aliases: usize,
    fields: usize,
    directives: usize,
}

impl Count {
    fn token(&mut self, rest: &[u8]) -> usize {
        match rest[0] {
            b'{' if self.parens == 0 => self.depth += 1,
            b'}' if self.parens == 0 => self.depth = self.depth.saturating_sub(1),
            b'(' => self.parens += 1,
            b')' => self.parens = self.parens.saturating_sub(1),
            b'#' => return rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
            b'"' => return string(rest),
            b'@' => self.directives += 1,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => return self.name(rest),
            _ => {}
        }
        1
    }

    fn name(&mut self, rest: &[u8]) -> usize {
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if self.depth > 0 && self.parens == 0 {
            self.fields += 1;
            self.aliases += usize::from(rest[length..].trim_ascii_start().first() == Some(&b':'));
        }
        length
    }
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 1,
            b'"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_everyday_query_passes() {
        assert_eq!(judge(b"query { user(id: \"1\") { name friends { name } } }"), None);
    }

    #[test]
    fn what_begins_otherwise_is_no_document() {
        let fields = "{ a b c }".repeat(400);
        for start in ["", "query", "# why\n, mutation ", "\u{feff}fragment F on T "] {
            assert!(judge(format!("{start}{fields}").as_bytes()).is_some(), "{start}");
        }
        for start in ["export interface A ", "import x from 'y'; ", "class A ", "# Read me\nThis ", "f() "] {
            assert_eq!(judge(format!("{start}{fields}").as_bytes()), None, "{start}");
        }
    }

    #[test]
    fn depth_counts() {
        let deep = [b"{a".repeat(20), b"}".repeat(20)].concat();
        assert!(judge(&deep).is_some());
    }

    #[test]
    fn aliases_count() {
        let wide: String = (0..40).map(|n| format!("a{n}: login(p: \"{n}\") {{ ok }} ")).collect();
        assert!(judge(format!("{{ {wide} }}").as_bytes()).is_some());
    }
}
