//! `application/x-www-form-urlencoded` (WHATWG URL, section 5), split at `&` and at `;`.
//!
//! Names and values are percent-decoded and `+` is a space. PHP and qs read brackets in names as structure:
//! `a[b][]=1` is given once as the name `a[b][]`, then as the value at `a.b[""]`, each bracketed name as a key.

use super::{Container, Format, Halted, Kind, Likelihood, Role, Walk};

/// The format itself.
pub struct Form;

/// Bytes looked at by the guess.
const GLANCE: usize = 1024;

impl Format for Form {
    fn name(&self) -> &'static str {
        "form"
    }

    fn opens(&self, first: u8) -> bool {
        is_name(first)
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let head = &bytes[..bytes.len().min(GLANCE)];
        let Some(equals) = memchr::memchr(b'=', head) else { return 0 };
        if !head[..equals].iter().all(|&byte| is_name(byte)) {
            return 0;
        }
        if padding(bytes, equals) {
            return 0;
        }
        if memchr::memchr3(b' ', b'\n', b'<', head).is_none() { 70 } else { 30 }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut fields = Fields { text: Vec::new(), name: Vec::new() };
        let mut start = 0;
        walk.enter(Container::Map, 0)?;
        while start < bytes.len() {
            let end = memchr::memchr2(b'&', b';', &bytes[start..]).map_or(bytes.len(), |length| start + length);
            if end > start {
                fields.field(bytes, start, end, walk)?;
            }
            start = end + 1;
            walk.saw(start.min(bytes.len()));
        }
        walk.exit(Container::Map, 0..bytes.len())?;
        Ok(bytes.len())
    }
}

/// Whether the equals signs are no more than the padding of base64: a name without a value would show no more either.
fn padding(bytes: &[u8], equals: usize) -> bool {
    bytes.len().is_multiple_of(4)
        && bytes.len() - equals <= 2
        && bytes.ends_with(b"=")
        && bytes[..equals].iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/'))
}

/// What names are made of before anything is decoded.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']' | b'%' | b'+' | b'$' | b'*' | b'!')
}

struct Fields {
    text: Vec<u8>,
    name: Vec<u8>,
}

impl Fields {
    /// One `name=value`, or a lone name.
    fn field(&mut self, bytes: &[u8], start: usize, end: usize, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let equals = memchr::memchr(b'=', &bytes[start..end]).map_or(end, |length| start + length);
        let raw = &bytes[start..equals];
        walk.decoded(equals - start, start)?;
        decode(raw, &mut self.name);
        let base = walk.path.len();
        walk.key(Kind::Text, &self.name, start..equals)?;
        let opened = self.brackets(base, start..equals, walk)?;
        if equals < end {
            let value = &bytes[equals + 1..end];
            let span = equals + 1..end;
            if memchr::memchr2(b'%', b'+', value).is_some() {
                walk.decoded(value.len(), span.start)?;
                decode(value, &mut self.text);
                walk.value(Kind::Text, &self.text, span)?;
            } else {
                walk.value(Kind::Text, value, span)?;
            }
        }
        for _ in 0..opened {
            walk.path.pop();
            walk.exit(Container::Map, start..end)?;
        }
        walk.path.truncate(base);
        Ok(())
    }

    /// Goes down `name[a][b]` step by step; how many containers that opened.
    fn brackets(&self, base: usize, span: std::ops::Range<usize>, walk: &mut Walk<'_>) -> Result<u32, Halted> {
        let Some(first) = memchr::memchr(b'[', &self.name).filter(|&first| first > 0) else { return Ok(0) };
        let mut parts = self.name[first..].split(|&byte| byte == b'[').skip(1).peekable();
        if parts.peek().is_none_or(|part| !part.contains(&b']')) {
            return Ok(0);
        }
        walk.path.truncate(base);
        walk.path.push_key(&self.name[..first]);
        let mut opened = 0;
        for part in parts {
            if walk.too_deep(span.start)? {
                break;
            }
            let name = part.iter().position(|&byte| byte == b']').map_or(part, |close| &part[..close]);
            walk.enter(Container::Map, span.start)?;
            opened += 1;
            walk.path.push_key(name);
            if !name.is_empty() {
                walk.leaf(Role::Key, Kind::Text, name, span.clone())?;
            }
        }
        Ok(opened)
    }
}

/// Percent-decodes once, with `+` as a space; `%` that begins no escape stays.
fn decode(raw: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = raw;
    while let Some(at) = memchr::memchr2(b'%', b'+', rest) {
        out.extend_from_slice(&rest[..at]);
        let digit = |place: usize| rest.get(at + place).and_then(|&byte| (byte as char).to_digit(16));
        match (rest[at], digit(1), digit(2)) {
            (b'+', ..) => {
                out.push(b' ');
                rest = &rest[at + 1..];
            }
            (_, Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                rest = &rest[at + 3..];
            }
            _ => {
                out.push(b'%');
                rest = &rest[at + 1..];
            }
        }
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{leaves, walk};
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        assert_eq!(
            leaves(&Form, b"a=1&b+c=%3Cx%3e+y&&a=2;d&e=&%zz=%"),
            [
                "a a:",
                "a 1",
                "[\"b c\"] b c:",
                "[\"b c\"] <x> y",
                "a a:",
                "a 2",
                "d d:",
                "e e:",
                "e ",
                "[\"%zz\"] %zz:",
                "[\"%zz\"] %",
            ]
        );
    }

    #[test]
    fn brackets_are_names_and_structure() {
        assert_eq!(
            leaves(&Form, b"user[%24ne]=x&a[][b]=1&c[d=2&[e]=3"),
            [
                "[\"user[$ne]\"] user[$ne]:",
                "user.$ne $ne:",
                "user.$ne x",
                "[\"a[][b]\"] a[][b]:",
                "a[\"\"].b b:",
                "a[\"\"].b 1",
                "[\"c[d\"] c[d:",
                "[\"c[d\"] 2",
                "[\"[e]\"] [e]:",
                "[\"[e]\"] 3",
            ]
        );
        let (notes, _) = walk(&Form, b"user[$ne]=x");
        assert!(notes.lines.contains(&"user {".to_owned()), "{:?}", notes.lines);
    }

    #[test]
    fn deep_brackets_stop_at_the_cap_and_the_value_is_seen() {
        let (notes, _) = walk(&Form, format!("a{}=<x>", "[b]".repeat(100)).as_bytes());
        assert_eq!(notes.anomalies, ["format_depth"]);
        assert!(notes.lines.last().is_some_and(|line| line.ends_with(" <x>")));
    }

    #[test]
    fn only_what_has_a_name_and_a_value_looks_like_a_form() {
        assert!(Form.sniff(b"a=1&b=2") > Form.sniff(b"a=hello world"));
        assert_eq!(Form.sniff(b"hello, a=1"), 0);
        assert_eq!(Form.sniff(b"hello"), 0);
    }
}
