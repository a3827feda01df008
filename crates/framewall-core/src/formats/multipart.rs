//! `multipart/*` bodies (RFC 2046, RFC 7578), without their Content-Type: the boundary is read off the body.
//!
//! Lines may end in LF alone, boundaries may trail blanks, parts may be nested or never end. A part's path is its
//! `name`, or its place; its headers are leaves below that, disposition parameters too (`filename*` decoded).

use std::ops::Range;

use super::{Container, Format, Halted, Kind, Likelihood, Role, Walk};

mod header;

use header::{Headers, decode_extended, parameters};

/// The format itself.
pub struct Multipart;

/// Bytes before the first boundary that are searched for it.
const PREAMBLE: usize = 4096;

impl Format for Multipart {
    fn name(&self) -> &'static str {
        "multipart"
    }

    fn opens(&self, first: u8) -> bool {
        matches!(first, b'-' | b'\r' | b'\n')
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        match first_boundary(&bytes[..bytes.len().min(PREAMBLE)]) {
            Some(line) if line.start <= 2 => 95,
            Some(_) => 60,
            None => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let Some(line) = first_boundary(bytes) else {
            return Err(walk.invalid(0, "no boundary"));
        };
        let mut reader = Reader { bytes, at: line.start, open: Vec::new(), text: Vec::new() };
        if line.start > 0 {
            walk.value(Kind::Text, &bytes[..line.start], 0..line.start)?;
        }
        reader.begin(walk, line.start + 2..line.end, 0)?;
        reader.parts(walk)
    }
}

/// The first line that starts with `--` and has a header after it: where it stands, its end excluding the line break
/// and blanks.
fn first_boundary(bytes: &[u8]) -> Option<Range<usize>> {
    let mut at = 0;
    while at < bytes.len() {
        let (end, next) = line_end(bytes, at);
        let trimmed = at + bytes[at..end].trim_ascii_end().len();
        if bytes[at..trimmed].starts_with(b"--") && trimmed > at + 2 && is_header(&bytes[next..]) {
            return Some(at..trimmed);
        }
        at = next;
    }
    None
}

/// Whether a header line starts here.
fn is_header(bytes: &[u8]) -> bool {
    let name = bytes.iter().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    name > 0 && bytes.get(name) == Some(&b':')
}

/// Where the line at `start` ends, and where the next begins.
fn line_end(bytes: &[u8], start: usize) -> (usize, usize) {
    match memchr::memchr(b'\n', &bytes[start..]) {
        Some(length) => {
            (start + length - usize::from(length > 0 && bytes[start + length - 1] == b'\r'), start + length + 1)
        }
        None => (bytes.len(), bytes.len()),
    }
}

/// A multipart body being read.
struct Open {
    boundary: Range<usize>,
    start: usize,
    parts: u32,
    /// Path steps before a part's own.
    outside: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    text: Vec<u8>,
}

/// What a line that looks like a boundary is: which open body's, and whether its last.
struct Delimiter {
    level: usize,
    last: bool,
    next: usize,
}

impl Reader<'_> {
    fn begin(&mut self, walk: &mut Walk<'_>, boundary: Range<usize>, start: usize) -> Result<(), Halted> {
        walk.enter(Container::Map, start)?;
        self.open.push(Open { boundary, start, parts: 0, outside: walk.path.len() });
        Ok(())
    }

    fn parts(&mut self, walk: &mut Walk<'_>) -> Result<usize, Halted> {
        while !self.open.is_empty() {
            let (end, delimiter) = self.body_end();
            self.between(walk, end)?;
            let Some(found) = delimiter else {
                self.close(walk, 0)?;
                break;
            };
            self.at = found.next;
            walk.saw(self.at);
            self.close(walk, if found.last { found.level } else { found.level + 1 })?;
            if !found.last {
                self.part(walk)?;
            }
        }
        self.between(walk, self.bytes.len())?;
        Ok(self.bytes.len())
    }

    /// Reports what stands outside all parts up to `end`: a preamble, an epilogue.
    fn between(&mut self, walk: &mut Walk<'_>, end: usize) -> Result<(), Halted> {
        let span = self.at..end;
        self.at = end;
        let text = &self.bytes[span.clone()];
        if text.trim_ascii().is_empty() { Ok(()) } else { walk.value(Kind::Text, text, span) }
    }

    /// Closes bodies until `level` are open.
    fn close(&mut self, walk: &mut Walk<'_>, level: usize) -> Result<(), Halted> {
        while self.open.len() > level {
            if let Some(open) = self.open.pop() {
                walk.path.truncate(open.outside);
                walk.exit(Container::Map, open.start..self.at)?;
            }
        }
        if let Some(open) = self.open.last() {
            walk.path.truncate(open.outside);
        }
        Ok(())
    }

    /// One part, from its headers on.
    fn part(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let headers = Headers::read(self.bytes, self.at);
        let start = self.at;
        self.at = headers.end;
        let disposition = headers.find(self.bytes, b"content-disposition");
        let name = disposition.clone().and_then(|line| parameters(self.bytes, line).find(|found| found.is(b"name")));
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let place = open.parts;
        open.parts += 1;
        match name {
            Some(name) => {
                name.unquoted(&mut self.text);
                walk.key(Kind::Text, &self.text, name.span)?;
            }
            None => walk.path.push_index(place),
        }
        let file = self.headers(walk, &headers)?;
        if let Some(boundary) = self.inner_boundary(&headers)
            && !walk.too_deep(start)?
        {
            return self.begin(walk, boundary, start);
        }
        let (end, _) = self.body_end();
        let body = self.at..end;
        self.at = end;
        walk.value(if file { Kind::Binary } else { Kind::Text }, &self.bytes[body.clone()], body)
    }

    /// Reports a part's headers; whether it is a file.
    fn headers(&mut self, walk: &mut Walk<'_>, headers: &Headers) -> Result<bool, Halted> {
        let bytes = self.bytes;
        let mut file = false;
        for (name, value) in &headers.lines {
            walk.key(Kind::Text, &bytes[name.clone()], name.clone())?;
            walk.value(Kind::Text, &bytes[value.clone()], value.clone())?;
            for found in parameters(bytes, value.clone()) {
                walk.path.push_key(found.name);
                found.unquoted(&mut self.text);
                if found.name.ends_with(b"*") {
                    walk.decoded(self.text.len(), found.span.start)?;
                    self.text = decode_extended(&self.text);
                }
                file |= found.name.len() >= 8 && found.name[..8].eq_ignore_ascii_case(b"filename");
                walk.leaf(Role::Value, Kind::Text, &self.text, found.span)?;
                walk.path.pop();
            }
            walk.path.pop();
        }
        Ok(file)
    }

    fn inner_boundary(&self, headers: &Headers) -> Option<Range<usize>> {
        let line = headers.find(self.bytes, b"content-type")?;
        let multipart = self.bytes[line.clone()].get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case(b"multipart/"));
        let found = parameters(self.bytes, line).find(|found| found.is(b"boundary"))?;
        (multipart && !found.span.is_empty()).then_some(found.span)
    }

    /// Where the present part's body ends, and the boundary found there.
    fn body_end(&self) -> (usize, Option<Delimiter>) {
        let mut at = self.at;
        loop {
            let (end, next) = line_end(self.bytes, at);
            if let Some(mut found) = self.delimiter(&self.bytes[at..end]) {
                found.next = next;
                // The line break before a boundary belongs to it.
                let body = &self.bytes[self.at..at];
                let body = body.strip_suffix(b"\n").unwrap_or(body);
                let body = body.strip_suffix(b"\r").unwrap_or(body);
                return (self.at + body.len(), Some(found));
            }
            match memchr::memmem::find(&self.bytes[end..], b"\n--") {
                Some(length) => at = end + length + 1,
                None => return (self.bytes.len(), None),
            }
        }
    }

    /// Whether this line is a boundary of an open body, innermost first.
    fn delimiter(&self, line: &[u8]) -> Option<Delimiter> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        self.open.iter().enumerate().rev().find_map(|(level, open)| {
            let rest = text.strip_prefix(&self.bytes[open.boundary.clone()])?;
            match rest {
                b"" => Some(Delimiter { level, last: false, next: 0 }),
                b"--" => Some(Delimiter { level, last: true, next: 0 }),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests;
