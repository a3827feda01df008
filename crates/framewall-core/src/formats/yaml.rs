//! YAML 1.1 and 1.2, leniently: keys and scalars with their paths, in block and in flow style.
//!
//! Tags that name a language's types are anomalies (they make objects in unsafe loaders); others are leaves. Anchors and aliases are
//! leaves and never expanded. Documents after the first stand under their index. Indentation decides structure; where
//! it is wrong, the nearest sense is taken and every scalar is still seen.

use std::collections::HashSet;
use std::ops::Range;

use super::{Container, Format, Halted, Kind, Likelihood, Role, Walk};
use crate::limits::FORMAT_DEPTH;

mod flow;
mod scalar;

/// The format itself.
pub struct Yaml;

/// Aliases after which a document is taken for an expansion bomb.
const MAX_ALIASES: u32 = 64;

impl Format for Yaml {
    fn name(&self) -> &'static str {
        "yaml"
    }

    fn opens(&self, first: u8) -> bool {
        !matches!(first, b'{' | b'[' | b'<' | 0..=8 | 0x80..=0xBE)
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match text {
            [b'%', b'Y', b'A', b'M', b'L', ..] => return 100,
            [b'-', b'-', b'-', b'\n' | b'\r' | b' ', ..] => return 60,
            [b'!', b'!', ..] | [b'!', b'<', ..] => return 60,
            _ => {}
        }
        let head = &text[..text.len().min(512)];
        let Some(line) = memchr::memchr(b'\n', head) else {
            let likelihood = foreign_to_prose(head);
            return if likelihood > 0 && controls(head) { 0 } else { likelihood };
        };
        if controls(head) {
            return 0;
        }
        let first = head[..line].trim_ascii();
        let key = memchr::memchr(b':', first).is_some_and(|colon| matches!(first.get(colon + 1), None | Some(b' ')));
        if key || first.starts_with(b"- ") || first.starts_with(b"#") { 30 } else { 0 }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut reader = Reader {
            bytes,
            at,
            open: Vec::new(),
            text: Vec::new(),
            base: walk.path.len(),
            anchors: HashSet::new(),
            aliases: 0,
        };
        reader.documents(walk)
    }
}

/// Whether there are control characters, which no reader takes (YAML 1.2, section 5.1) and every binary format has.
fn controls(head: &[u8]) -> bool {
    let odd = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
    head.iter().fold(false, |found, &byte| found | odd(byte))
}

/// Whether so many containers may be open somewhere: only where a line's first text stands as many columns from its
/// start, behind blanks and marks, but for the two that may share a column. Looks at each byte once.
pub fn may_nest(text: &[u8], containers: usize) -> bool {
    let columns = containers.saturating_sub(2);
    let mark = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'-' | b'?' | b':');
    let starts = memchr::memchr2_iter(b'\n', b'\r', text).map(|at| at + 1);
    text.len() > columns
        && std::iter::once(0)
            .chain(starts)
            .any(|at| text[at..].iter().take_while(mark).take(columns).count() == columns)
}

/// How likely one line is YAML: items in items, tags and flow collections after a mark.
fn foreign_to_prose(line: &[u8]) -> Likelihood {
    let mut likelihood = match line.trim_ascii_start() {
        // So deep, it is no ornament: it is read in guessed readings too.
        [b'-' | b'?', b' ', b'-' | b'?', b' ', ..] if may_nest(line, FORMAT_DEPTH.default as usize) => 40,
        [b'-' | b'?', b' ', b'-' | b'?', b' ', ..] => 25,
        _ => 0,
    };
    for at in memchr::memchr3_iter(b'!', b'{', b'[', line) {
        if let Some([b':' | b'-', b' ']) = at.checked_sub(2).map(|mark| &line[mark..at]) {
            likelihood = likelihood.max(if line[at] == b'!' { 40 } else { 25 });
        }
    }
    likelihood
}

/// A mapping or sequence being read.
struct Open {
    kind: Container,
    start: usize,
    /// Column of its keys or dashes.
    column: usize,
    index: u32,
    /// Path steps before its children's.
    outside: usize,
    flow: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    text: Vec<u8>,
    /// Path steps before the document's own.
    base: usize,
    anchors: HashSet<&'a [u8]>,
    /// Aliases of these.
    aliases: u32,
}

/// What stands where a node is expected.
enum Scalar {
    /// It was followed by a colon.
    Key,
    Value,
}

impl<'a> Reader<'a> {
    fn documents(&mut self, walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let (mut documents, mut content) = (0u32, false);
        while let Some(column) = self.next_line() {
            walk.saw(self.at);
            match self.marker(column) {
                Some(true) => {
                    self.close(walk, 0)?;
                    self.at += 3;
                    if content {
                        (documents, content) = (documents + 1, false);
                        walk.path.truncate(self.base);
                        walk.path.push_index(documents);
                    }
                    content |= self.node(walk, column + 4)?;
                }
                Some(false) => self.skip_line(),
                None if column == 0 && !content && self.peek(0) == Some(b'%') => {
                    let start = self.at;
                    self.skip_line();
                    walk.value(Kind::Extension, self.bytes[start..self.at].trim_ascii_end(), start..self.at)?;
                }
                None => content |= self.node(walk, column)?,
            }
        }
        self.close(walk, 0)?;
        Ok(self.bytes.len())
    }

    /// One node and, on the same line, those inside it; whether there was any.
    fn node(&mut self, walk: &mut Walk<'_>, column: usize) -> Result<bool, Halted> {
        let (start, mut column) = (self.at, column);
        // Where the question mark stood after which the next scalar is a key.
        let mut asked = None;
        self.dedent(walk, column)?;
        loop {
            column += self.skip_spaces();
            let from = self.at;
            let Some(byte) = self.peek(0) else { return Ok(from > start) };
            match byte {
                b'\n' | b'\r' => return Ok(from > start),
                b'#' => {
                    self.comment(walk)?;
                    return Ok(true);
                }
                b'-' if self.blank(1) => {
                    self.asked(walk, asked.take())?;
                    self.item(walk, column)?;
                    self.at += 1;
                }
                b'?' if self.blank(1) => {
                    self.asked(walk, asked.replace(column))?;
                    self.at += 1;
                }
                b':' if self.blank(1) => self.at += 1,
                b'!' => self.tag(walk)?,
                b'&' => self.anchor(walk)?,
                b'|' | b'>' => {
                    self.block_scalar(walk)?;
                    return Ok(true);
                }
                b'{' | b'[' => self.flow(walk)?,
                b'*' => self.alias(walk)?,
                _ => {
                    let (kind, span) = self.scalar(column);
                    match (kind, asked.take()) {
                        (_, Some(mark)) => self.key(walk, mark, span)?,
                        (Scalar::Key, None) => self.key(walk, column, span)?,
                        (Scalar::Value, None) => self.value(walk, span)?,
                    }
                }
            }
            column += self.at - from;
        }
    }

    /// Closes what is indented further than this line.
    fn dedent(&mut self, walk: &mut Walk<'_>, column: usize) -> Result<(), Halted> {
        let dash = self.peek(0) == Some(b'-') && self.blank(1);
        while let Some(open) = self.open.last() {
            let over = open.column > column || open.column == column && open.kind == Container::List && !dash;
            if !over {
                break;
            }
            self.close(walk, self.open.len() - 1)?;
        }
        Ok(())
    }

    /// A key that is a container itself: its map begins at the question mark, and the container in it.
    fn asked(&mut self, walk: &mut Walk<'_>, mark: Option<usize>) -> Result<(), Halted> {
        match (mark, self.open.last()) {
            (None, _) => Ok(()),
            (Some(mark), Some(open)) if open.kind == Container::Map && open.column == mark => {
                walk.path.truncate(open.outside);
                Ok(())
            }
            (Some(mark), _) => self.begin(walk, Container::Map, mark, false),
        }
    }

    fn item(&mut self, walk: &mut Walk<'_>, column: usize) -> Result<(), Halted> {
        match self.open.last_mut() {
            Some(open) if open.kind == Container::List && open.column == column => {
                open.index += 1;
                walk.path.truncate(open.outside);
                walk.path.push_index(open.index);
                Ok(())
            }
            _ => {
                self.begin(walk, Container::List, column, false)?;
                walk.path.push_index(0);
                Ok(())
            }
        }
    }

    /// Reports a key whose text is in `self.text`.
    fn key(&mut self, walk: &mut Walk<'_>, column: usize, span: Range<usize>) -> Result<(), Halted> {
        match self.open.last() {
            Some(open) if open.kind == Container::Map && open.column == column => walk.path.truncate(open.outside),
            _ => self.begin(walk, Container::Map, column, false)?,
        }
        walk.key(Kind::Text, &self.text, span)
    }

    fn value(&mut self, walk: &mut Walk<'_>, span: Range<usize>) -> Result<(), Halted> {
        let quoted = span.start > 0 && matches!(self.bytes[span.start - 1], b'"' | b'\'');
        let kind = if quoted { Kind::Text } else { plain_kind(&self.text) };
        walk.decoded(self.text.len(), span.start)?;
        walk.value(kind, &self.text, span)
    }

    fn begin(&mut self, walk: &mut Walk<'_>, kind: Container, column: usize, flow: bool) -> Result<(), Halted> {
        walk.enter(kind, self.at)?;
        self.open.push(Open { kind, start: self.at, column, index: 0, outside: walk.path.len(), flow });
        Ok(())
    }

    fn close(&mut self, walk: &mut Walk<'_>, level: usize) -> Result<(), Halted> {
        while self.open.len() > level {
            if let Some(open) = self.open.pop() {
                walk.path.truncate(open.outside);
                walk.exit(open.kind, open.start..self.at)?;
            }
        }
        Ok(())
    }

    /// `!tag`.
    fn tag(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let span = self.at..self.token_end(self.at + 1);
        self.at = span.end;
        let tag = &self.bytes[span.clone()];
        let core = [
            &b"str"[..],
            b"int",
            b"float",
            b"bool",
            b"null",
            b"map",
            b"seq",
            b"binary",
            b"timestamp",
            b"set",
            b"omap",
            b"pairs",
        ];
        let plain = tag.strip_prefix(b"!!").or_else(|| tag.strip_prefix(b"!<tag:yaml.org,2002:")?.strip_suffix(b">"));
        if tag == b"!" || plain.is_some_and(|name| core.contains(&name)) {
            return Ok(());
        }
        // A short local tag (`!Ref`) is an application's own; the others name a language's types.
        if tag.starts_with(b"!!") || tag[1..].iter().any(|byte| matches!(byte, b'<' | b'/' | b':')) {
            walk.anomaly("tag", span.clone())?;
        }
        walk.value(Kind::Extension, tag, span)
    }

    /// `&anchor`.
    fn anchor(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let name = self.named(walk)?;
        self.anchors.insert(name);
        Ok(())
    }

    /// The sign and the name of an anchor or an alias; the name.
    fn named(&mut self, walk: &mut Walk<'_>) -> Result<&'a [u8], Halted> {
        let span = self.at..self.token_end(self.at + 1);
        self.at = span.end;
        let bytes = self.bytes;
        walk.value(Kind::Extension, &bytes[span.clone()], span.clone())?;
        Ok(&bytes[span.start + 1..span.end])
    }

    /// `*alias`.
    fn alias(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at;
        let name = self.named(walk)?;
        if !self.anchors.contains(name) {
            return Ok(());
        }
        self.aliases += 1;
        if self.aliases == MAX_ALIASES {
            walk.anomaly("aliases", start..self.at)?;
        }
        Ok(())
    }

    fn comment(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at;
        self.skip_line();
        walk.saw(self.at);
        walk.path.push_key(b"#");
        walk.leaf(Role::Value, Kind::Text, self.bytes[start + 1..self.at].trim_ascii(), start + 1..self.at)?;
        walk.path.pop();
        Ok(())
    }

    /// Goes to the next line's first byte that is no blank; its column. Blank lines are skipped.
    fn next_line(&mut self) -> Option<usize> {
        loop {
            let line = memchr::memrchr2(b'\n', b'\r', &self.bytes[..self.at]).map_or(0, |at| at + 1);
            let line = if self.bytes[line..self.at].trim_ascii().is_empty() { line } else { self.at };
            self.skip_spaces();
            match self.peek(0)? {
                b'\n' | b'\r' => self.at += 1,
                _ => return Some(self.at - line),
            }
        }
    }

    /// `---` (true) or `...` (false) at a line's start.
    fn marker(&self, column: usize) -> Option<bool> {
        let marks = self.bytes.get(self.at..self.at + 3).filter(|_| column == 0 && self.blank(3))?;
        match marks {
            b"---" => Some(true),
            b"..." => Some(false),
            _ => None,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Whether white space or the end is there.
    fn blank(&self, ahead: usize) -> bool {
        self.peek(ahead).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }

    fn skip_spaces(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.at - start
    }

    fn skip_line(&mut self) {
        self.at = self.line_end(self.at);
    }

    fn line_end(&self, from: usize) -> usize {
        memchr::memchr2(b'\n', b'\r', &self.bytes[from..]).map_or(self.bytes.len(), |length| from + length)
    }

    /// How long the line break at `at` is: LF, CR LF or CR; 0 for none.
    fn line_break(&self, at: usize) -> usize {
        match self.bytes.get(at..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        }
    }

    fn token_end(&self, from: usize) -> usize {
        let from = from.min(self.bytes.len());
        let stop = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}');
        // A tag in angle brackets may hold commas.
        if self.bytes[from..].starts_with(b"<") {
            let end = self.bytes[from..].iter().position(|&byte| matches!(byte, b'>' | b'\n'));
            return end.map_or(self.bytes.len(), |length| (from + length + 1).min(self.bytes.len()));
        }
        self.bytes[from..].iter().position(stop).map_or(self.bytes.len(), |length| from + length)
    }
}

fn plain_kind(text: &[u8]) -> Kind {
    match text {
        b"" | b"~" | b"null" | b"Null" | b"NULL" => Kind::Null,
        b"true" | b"True" | b"TRUE" | b"false" | b"False" | b"FALSE" | b"yes" | b"Yes" | b"no" | b"No" | b"on"
        | b"off" => Kind::Bool,
        [b'0'..=b'9' | b'-' | b'+' | b'.', ..] if text.iter().all(|&byte| is_number(byte)) => Kind::Number,
        _ => Kind::Text,
    }
}

fn is_number(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'+' | b'.' | b'_' | b'o' | b'x')
}

#[cfg(test)]
mod tests;
