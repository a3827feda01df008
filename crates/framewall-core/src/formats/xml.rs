//! XML 1.0, and HTML-like text that begins like it: tags, attributes, text, CDATA, comments, instructions as leaves.
//!
//! A DOCTYPE (other than HTML's, which names no DTD) and an entity declaration are anomalies; entities are never resolved beyond the five predefined ones and
//! character references, others stay as written. A child's path is its name and, from the second of that name in a
//! row on, its place among them: `order.item[1]`. Attributes are `@name`, processing instructions `?target`.
//! Namespaces are not looked up: prefixes stay in names.

use std::ops::Range;

use super::{Container, Format, Halted, Kind, Likelihood, Role, Walk};

mod entity;

use entity::decode;

/// The format itself.
pub struct Xml;

impl Format for Xml {
    fn name(&self) -> &'static str {
        "xml"
    }

    fn opens(&self, first: u8) -> bool {
        matches!(first, b'<' | 0xEF | b' ' | b'\t' | b'\r' | b'\n')
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        match text {
            [b'<', b'?', b'x', b'm', b'l', ..] => 100,
            [b'<', b'!', ..] => 80,
            [b'<', b'?', ..] => 60,
            [b'<', first, ..] if is_name_start(*first) => 80,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut reader =
            Reader { bytes, at: start, open: Vec::new(), roots: 0, last: None, too_deep: 0, text: Vec::new() };
        reader.document(walk)
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'=' | b'<' | b'"' | b'\'')
}

/// An element being read.
struct Open {
    /// Where its `<` stands.
    start: usize,
    name: Range<usize>,
    /// Path steps before this element's.
    outside: usize,
    /// The child read last: its name, and how many of that name in a row.
    last: Option<(Range<usize>, u32)>,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    roots: u32,
    last: Option<(Range<usize>, u32)>,
    /// Elements open below the depth cap.
    too_deep: usize,
    text: Vec<u8>,
}

impl Reader<'_> {
    fn document(&mut self, walk: &mut Walk<'_>) -> Result<usize, Halted> {
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            match rest {
                [b'<', b'/', ..] => self.end_tag(walk)?,
                [b'<', b'!', b'-', b'-', ..] => self.enclosed(walk, 4, b"-->", b"#comment")?,
                _ if rest.starts_with(b"<![CDATA[") => self.cdata(walk)?,
                [b'<', b'!', ..] => self.declaration(walk)?,
                [b'<', b'?', ..] => self.instruction(walk)?,
                [b'<', first, ..] if is_name_start(*first) => self.start_tag(walk)?,
                _ => self.characters(walk)?,
            }
        }
        if self.open.is_empty() && self.too_deep == 0 && self.roots > 0 {
            return Ok(self.at);
        }
        while let Some(open) = self.open.pop() {
            walk.path.truncate(open.outside);
            walk.exit(Container::Map, open.start..self.at)?;
        }
        Err(if self.roots > 0 { walk.truncated() } else { walk.invalid(0, "no element") })
    }

    /// Text up to the next `<` (a `<` that begins nothing is text).
    fn characters(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at;
        let end = memchr::memchr(b'<', &self.bytes[start + 1..]).map_or(self.bytes.len(), |length| start + 1 + length);
        self.at = end;
        walk.saw(end);
        if self.bytes[start..end].trim_ascii().is_empty() {
            return Ok(());
        }
        self.decoded(walk, Role::Value, start..end)
    }

    fn cdata(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at + b"<![CDATA[".len();
        let (end, kind) = self.closed(start, b"]]>");
        self.at = (end + 3).min(self.bytes.len());
        walk.value(kind, &self.bytes[start..end], start..end)?;
        walk.saw(self.at);
        Ok(())
    }

    /// A comment or the like: a leaf under `name`.
    fn enclosed(&mut self, walk: &mut Walk<'_>, open: usize, close: &[u8], name: &[u8]) -> Result<(), Halted> {
        let start = self.at + open;
        let (end, kind) = self.closed(start, close);
        self.at = (end + close.len()).min(self.bytes.len());
        walk.path.push_key(name);
        walk.value(kind, &self.bytes[start..end], start..end)?;
        walk.path.pop();
        walk.saw(self.at);
        Ok(())
    }

    /// `<?target data?>`.
    fn instruction(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at + 2;
        let name = self.name_end(start);
        let (end, kind) = self.closed(name, b"?>");
        self.at = (end + 2).min(self.bytes.len());
        let mut label = Vec::with_capacity(1 + name - start);
        label.push(b'?');
        label.extend_from_slice(&self.bytes[start..name]);
        walk.path.push_key(&label);
        walk.leaf(Role::Key, Kind::Text, &self.bytes[start..name], start..name)?;
        walk.value(kind, self.bytes[name..end].trim_ascii(), name..end)?;
        walk.path.pop();
        walk.saw(self.at);
        Ok(())
    }

    /// `<!DOCTYPE …>` with its internal subset, or a stray `<!…>`.
    fn declaration(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at;
        let name = self.bytes[start + 2..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let what = match self.bytes[start + 2..start + 2 + name].to_ascii_uppercase().as_slice() {
            b"DOCTYPE" => "DOCTYPE",
            b"ENTITY" => "ENTITY",
            b"ELEMENT" | b"ATTLIST" | b"NOTATION" => "markup declaration",
            _ => "",
        };
        let end = self.declaration_end(start + 2);
        self.at = (end + 1).min(self.bytes.len());
        let html = self.bytes[start..end].eq_ignore_ascii_case(b"<!DOCTYPE html");
        if !what.is_empty() && !html {
            walk.anomaly(what, start..self.at)?;
        }
        let kind = if end < self.bytes.len() { Kind::Text } else { Kind::Raw };
        let inside = &self.bytes[start..end];
        for kind in [&b"<!ENTITY"[..], b"<!entity"] {
            if let Some(place) = memchr::memmem::find(inside, kind).filter(|&place| place > 0) {
                walk.anomaly("ENTITY", start + place..end)?;
            }
        }
        walk.path.push_key(b"!DOCTYPE");
        walk.value(kind, &self.bytes[start + 2..end], start + 2..end)?;
        walk.path.pop();
        walk.saw(self.at);
        Ok(())
    }

    /// The `>` that ends a declaration: outside quotes and brackets.
    fn declaration_end(&self, start: usize) -> usize {
        let (mut at, mut brackets) = (start, 0usize);
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'[' => brackets += 1,
                b']' => brackets = brackets.saturating_sub(1),
                b'>' if brackets == 0 => return at,
                b'"' | b'\'' => match memchr::memchr(byte, &self.bytes[at + 1..]) {
                    Some(length) => at += length + 1,
                    None => return self.bytes.len(),
                },
                b'<' if self.bytes[at..].starts_with(b"<!--") => at = self.find(at + 4, b"-->") + 2,
                _ => {}
            }
            at += 1;
        }
        self.bytes.len()
    }

    fn start_tag(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at;
        let name = start + 1..self.name_end(start + 1);
        let deep = self.too_deep > 0 || walk.too_deep(start)?;
        let outside = walk.path.len();
        if !deep {
            self.go_down(walk, name.clone());
        }
        walk.leaf(Role::Key, Kind::Text, &self.bytes[name.clone()], name.clone())?;
        if !deep {
            walk.enter(Container::Map, start)?;
        }
        self.at = name.end;
        let empty = self.attributes(walk)?;
        walk.saw(self.at);
        match (deep, empty) {
            (true, true) => {}
            (true, false) => self.too_deep += 1,
            (false, true) => {
                walk.path.truncate(outside);
                walk.exit(Container::Map, start..self.at)?;
            }
            (false, false) => self.open.push(Open { start, name, outside, last: None }),
        }
        Ok(())
    }

    /// Pushes a child's name, and its place where it is not the first of its name in a row.
    fn go_down(&mut self, walk: &mut Walk<'_>, name: Range<usize>) {
        let bytes = self.bytes;
        if self.open.is_empty() {
            self.roots += 1;
        }
        let last = self.open.last_mut().map_or(&mut self.last, |open| &mut open.last);
        let place = match last {
            Some((before, count)) if bytes[before.clone()] == bytes[name.clone()] => *count + 1,
            _ => 0,
        };
        walk.path.push_key(&bytes[name.clone()]);
        if place > 0 {
            walk.path.push_index(place);
        }
        *last = Some((name, place));
    }

    /// Attributes up to the tag's end; whether it was `/>`. The input's end ends the tag.
    fn attributes(&mut self, walk: &mut Walk<'_>) -> Result<bool, Halted> {
        loop {
            self.skip_space();
            match self.bytes.get(self.at..).unwrap_or_default() {
                [] => return Ok(false),
                [b'/', b'>', ..] => {
                    self.at += 2;
                    return Ok(true);
                }
                [b'>', ..] => {
                    self.at += 1;
                    return Ok(false);
                }
                // The tag was never closed: what follows is the next one.
                [b'<', ..] => return Ok(false),
                [b'/' | b'=' | b'"' | b'\'', ..] => self.at += 1,
                _ => self.attribute(walk)?,
            }
        }
    }

    fn attribute(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let name = self.at..self.name_end(self.at);
        self.text.clear();
        self.text.push(b'@');
        self.text.extend_from_slice(&self.bytes[name.clone()]);
        walk.path.push_key(&self.text);
        walk.leaf(Role::Key, Kind::Text, &self.bytes[name.clone()], name.clone())?;
        self.at = name.end;
        self.skip_space();
        if self.bytes.get(self.at) == Some(&b'=') {
            self.at += 1;
            self.skip_space();
            let value = match self.bytes.get(self.at) {
                Some(&quote @ (b'"' | b'\'')) => {
                    let start = self.at + 1;
                    let end =
                        memchr::memchr(quote, &self.bytes[start..]).map_or(self.bytes.len(), |length| start + length);
                    self.at = (end + 1).min(self.bytes.len());
                    start..end
                }
                _ => {
                    let start = self.at;
                    let stop = |&byte: &u8| byte.is_ascii_whitespace() || byte == b'>';
                    self.at =
                        self.bytes[start..].iter().position(stop).map_or(self.bytes.len(), |length| start + length);
                    start..self.at
                }
            };
            self.decoded(walk, Role::Value, value)?;
        }
        walk.path.pop();
        Ok(())
    }

    /// Closes the innermost element of this name; a name that is not open closes nothing.
    fn end_tag(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at + 2;
        let name = start..self.name_end(start);
        let end = memchr::memchr(b'>', &self.bytes[name.end..]).map_or(self.bytes.len(), |length| name.end + length);
        self.at = (end + 1).min(self.bytes.len());
        if end == self.bytes.len() {
            return walk.value(Kind::Raw, &self.bytes[start..], start..end);
        }
        if !self.bytes[name.end..end].trim_ascii().is_empty() {
            walk.value(Kind::Raw, &self.bytes[name.end..end], name.end..end)?;
        }
        walk.saw(self.at);
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return Ok(());
        }
        let bytes = self.bytes;
        let Some(level) = self.open.iter().rposition(|open| bytes[open.name.clone()] == bytes[name.clone()]) else {
            return walk.value(Kind::Raw, &bytes[name.clone()], name);
        };
        while self.open.len() > level {
            if let Some(open) = self.open.pop() {
                walk.path.truncate(open.outside);
                walk.exit(Container::Map, open.start..self.at)?;
            }
        }
        Ok(())
    }

    /// Reports text with its references decoded.
    fn decoded(&mut self, walk: &mut Walk<'_>, role: Role, span: Range<usize>) -> Result<(), Halted> {
        let raw = &self.bytes[span.clone()];
        if memchr::memchr(b'&', raw).is_none() {
            return walk.leaf(role, Kind::Text, raw, span);
        }
        walk.decoded(raw.len(), span.start)?;
        self.text.clear();
        decode(raw, &mut self.text);
        walk.leaf(role, Kind::Text, &self.text, span)
    }

    fn name_end(&self, start: usize) -> usize {
        self.bytes[start..].iter().position(|&byte| !is_name(byte)).map_or(self.bytes.len(), |length| start + length)
    }

    fn skip_space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Where this ends, and what it is then. What nothing closes is a rest: it is the document itself that goes on in it.
    fn closed(&self, start: usize, close: &[u8]) -> (usize, Kind) {
        let end = self.find(start, close);
        (end, if end < self.bytes.len() { Kind::Text } else { Kind::Raw })
    }

    fn find(&self, start: usize, what: &[u8]) -> usize {
        let start = start.min(self.bytes.len());
        memchr::memmem::find(&self.bytes[start..], what).map_or(self.bytes.len(), |length| start + length)
    }
}

#[cfg(test)]
mod tests;
