//! JSON (RFC 8259), as lenient as the laxest parser known: one value, several in a row, or one a line.
//!
//! What strict parsers refuse is read as the parsers that accept it read it: BOM, comments (`//`, `/* */`, `#`),
//! single quotes, bare words, `;` `=` `=>` as separators, trailing and doubled commas, NaN, Infinity, raw control
//! characters, unknown escapes, lone surrogates, invalid UTF-8 (bytes are kept). Nothing strict changes meaning by
//! it. After a real error the walk picks up at the next token, so that one bad byte hides nothing.

use super::{Container, Format, Halted, Kind, Likelihood, Role, Walk};

mod scan;
mod unescape;

use scan::{begins_value, ends_word, number_end, skip_blank, string_end, word_end};
use unescape::unescape;

/// The format itself.
pub struct Json;

/// Bytes of a text in single quotes that a guess looks at.
const GLANCE: usize = 64;

/// Errors after which this is not JSON at all, and the rest is given raw.
const MAX_ERRORS: u32 = 32;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn opens(&self, first: u8) -> bool {
        matches!(first, b'{' | b'[' | b'"' | b'\'' | b'/' | b'#' | b')' | b'0'..=b'9' | 0xEF | 0xC2 | 0xE2 | 0..=b' ')
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let at = skip_blank(&bytes[..bytes.len().min(512)], 0);
        match bytes.get(at) {
            Some(b'{' | b'[') if counted(&bytes[at + 1..]) => 5,
            Some(b'{') if named_otherwise(bytes, at + 1) => 5,
            Some(b'{' | b'[') => 90,
            Some(b'"') => 70,
            // Quotes begin messages of binary formats too, which have control characters soon.
            Some(b'\'') if !bytes[at..].iter().take(GLANCE).any(|byte| *byte < 9) => 20,
            Some(b')') if bytes[at..].starts_with(b")]}'") => 90,
            // Blanks and comments beyond the prefix looked at.
            None if bytes.len() > 512 => 50,
            // A number glued to a container: the message types of Engine.IO and its like.
            Some(b'0'..=b'9') if glued(&bytes[at..]) => 60,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut reader = Reader { bytes, at: 0, open: Vec::new(), errors: 0, wrong: None, text: Vec::new() };
        if bytes.starts_with(b")]}'") {
            reader.at = 4;
        }
        reader.documents(walk)
    }
}

/// A container being read.
struct Open {
    kind: Container,
    start: usize,
    /// The element now being read.
    index: u32,
    /// In a map: the path ends with a key of it. In a list: always, with the index.
    named: bool,
    /// A value was read since the last comma.
    filled: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    errors: u32,
    wrong: Option<(usize, &'static str)>,
    text: Vec<u8>,
}

impl Reader<'_> {
    /// Reads value after value until the input ends; the second and later ones stand under their index.
    fn documents(&mut self, walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut count = 0u32;
        loop {
            self.at = skip_blank(self.bytes, self.at);
            walk.saw(self.at);
            let Some(&first) = self.bytes.get(self.at) else { break };
            match first {
                b']' | b'}' | b',' | b':' | b';' | b'=' | b'\\' => self.error(walk, "value expected")?,
                // Record separator of RFC 7464.
                0x1E => self.at += 1,
                _ if self.is_prose(first) => return Err(walk.invalid(self.at, "value expected")),
                _ => {
                    match count {
                        0 => {}
                        1 => walk.path.push_index(1),
                        _ => walk.path.set_index(count),
                    }
                    self.value(walk, first)?;
                    self.container(walk)?;
                    count += 1;
                }
            }
        }
        if count > 1 {
            walk.path.pop();
        }
        match self.wrong {
            Some((at, why)) => Err(walk.invalid(at, why)),
            None if count == 0 => Err(walk.truncated()),
            None => Ok(self.at),
        }
    }

    /// Whether a bare word stands here that is no literal: taken inside containers, but no document by itself.
    fn is_prose(&self, first: u8) -> bool {
        !matches!(first, b'"' | b'\'' | b'{' | b'[')
            && word_kind(&self.bytes[self.at..word_end(self.bytes, self.at)]) == Kind::Text
    }

    /// Reads on until no container is open.
    fn container(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        while let Some(open) = self.open.last_mut() {
            self.at = skip_blank(self.bytes, self.at);
            let Some(&byte) = self.bytes.get(self.at) else {
                return self.unclosed(walk);
            };
            match (byte, open.kind) {
                (b'}', Container::Map) | (b']', Container::List) => self.close(walk)?,
                (b'}' | b']', _) => {
                    self.error(walk, "closed by the other bracket")?;
                    self.close(walk)?;
                }
                (b',' | b';', Container::List) => {
                    self.at += 1;
                    open.index += 1;
                    open.filled = false;
                    walk.path.set_index(open.index);
                }
                (b',' | b';', Container::Map) => {
                    self.at += 1;
                    open.filled = false;
                    if open.named {
                        open.named = false;
                        walk.path.pop();
                    }
                }
                (b':' | b'=' | b'\\', _) => self.error(walk, "value expected")?,
                (_, Container::Map) if !open.named || open.filled => self.member(walk, byte)?,
                (_, Container::List) if open.filled => {
                    self.wrong.get_or_insert((self.at, "comma expected"));
                    open.index += 1;
                    open.filled = false;
                    walk.path.set_index(open.index);
                }
                (_, _) => {
                    open.filled = true;
                    self.value(walk, byte)?;
                }
            }
        }
        Ok(())
    }

    /// Reads a key and its colon; the value is the next thing.
    fn member(&mut self, walk: &mut Walk<'_>, byte: u8) -> Result<(), Halted> {
        let at = self.at;
        if let Some(open) = self.open.last_mut() {
            if open.named {
                walk.path.pop();
                self.wrong.get_or_insert((at, "comma expected"));
            }
            (open.named, open.filled) = (true, false);
        }
        match byte {
            b'"' | b'\'' => self.string(walk, byte, Role::Key)?,
            b'{' | b'[' => {
                // A container for a name: read it as a nameless member's value.
                self.wrong.get_or_insert((at, "key expected"));
                walk.path.push_key(b"");
                return Ok(());
            }
            _ => {
                self.at = word_end(self.bytes, at);
                walk.key(Kind::Text, &self.bytes[at..self.at], at..self.at)?;
            }
        }
        self.at = skip_blank(self.bytes, self.at);
        match self.bytes.get(self.at) {
            Some(b':') => {
                self.at += 1;
                return self.follows(walk);
            }
            Some(b'=') => self.at += 1 + usize::from(self.bytes.get(self.at + 1) == Some(&b'>')),
            _ => {
                self.wrong.get_or_insert((self.at, "colon expected"));
            }
        }
        Ok(())
    }

    /// Reads the value that stands right after a colon, as it mostly does; anything else is left to the loop.
    #[inline]
    fn follows(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        self.at = skip_blank(self.bytes, self.at);
        match (self.bytes.get(self.at), self.open.last_mut()) {
            (Some(&byte), Some(open)) if begins_value(byte) => {
                open.filled = true;
                self.value(walk, byte)
            }
            _ => Ok(()),
        }
    }

    /// Reads a scalar, or opens a container.
    #[inline]
    fn value(&mut self, walk: &mut Walk<'_>, byte: u8) -> Result<(), Halted> {
        match byte {
            b'"' | b'\'' => self.string(walk, byte, Role::Value),
            b'{' => self.begin(walk, Container::Map),
            b'[' => self.begin(walk, Container::List),
            b'0'..=b'9' | b'-' => self.number(walk),
            _ => {
                let at = self.at;
                self.at = word_end(self.bytes, at);
                self.word(walk, at)
            }
        }
    }

    /// Reads what begins like a number.
    #[inline]
    fn number(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let at = self.at;
        self.at = number_end(self.bytes, at);
        if !ends_word(self.bytes, self.at) {
            // An exponent, or no number that every parser reads.
            self.at = word_end(self.bytes, self.at);
        } else if !walk.tells_scalars() {
            return walk.untold(at..self.at);
        }
        self.word(walk, at)
    }

    fn word(&mut self, walk: &mut Walk<'_>, at: usize) -> Result<(), Halted> {
        let word = &self.bytes[at..self.at];
        match word_kind(word) {
            Kind::Bool | Kind::Null if !walk.tells_scalars() => walk.untold(at..self.at),
            kind => walk.value(kind, word, at..self.at),
        }
    }

    fn begin(&mut self, walk: &mut Walk<'_>, kind: Container) -> Result<(), Halted> {
        if walk.too_deep(self.at)? {
            return self.flat(walk);
        }
        walk.enter(kind, self.at)?;
        self.open.push(Open { kind, start: self.at, index: 0, named: false, filled: false });
        self.at += 1;
        if kind == Container::List {
            walk.path.push_index(0);
        }
        Ok(())
    }

    fn close(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        self.at = (self.at + 1).min(self.bytes.len());
        let Some(open) = self.open.pop() else { return Ok(()) };
        if open.named || open.kind == Container::List {
            walk.path.pop();
        }
        walk.exit(open.kind, open.start..self.at)
    }

    /// The input ended with containers open: they end here.
    fn unclosed(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        while !self.open.is_empty() {
            self.close(walk)?;
        }
        Err(match self.wrong {
            Some((at, why)) => walk.invalid(at, why),
            None => walk.truncated(),
        })
    }

    /// Below the depth cap: every string and word until this container ends, without names or places.
    fn flat(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let mut depth = 0usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'{' | b'[' => (depth, self.at) = (depth + 1, self.at + 1),
                b'}' | b']' => {
                    (depth, self.at) = (depth - 1, self.at + 1);
                    if depth == 0 {
                        walk.saw(self.at);
                        return Ok(());
                    }
                }
                b',' | b';' | b':' | b'=' | b'\\' => self.at += 1,
                b'"' | b'\'' => self.string(walk, byte, Role::Value)?,
                _ => {
                    let start = skip_blank(self.bytes, self.at);
                    if start > self.at {
                        self.at = start;
                        continue;
                    }
                    self.value(walk, byte)?;
                }
            }
        }
        walk.saw(self.at);
        Ok(())
    }

    /// Reads a quoted string: borrowed where it has no escapes.
    #[inline]
    fn string(&mut self, walk: &mut Walk<'_>, quote: u8, role: Role) -> Result<(), Halted> {
        let start = self.at + 1;
        let (end, escaped) = string_end(self.bytes, start, quote);
        let span = start..end;
        let closed = end < self.bytes.len();
        self.at = end + usize::from(closed);
        let raw = &self.bytes[span.clone()];
        let text = if escaped {
            walk.decoded(raw.len(), start)?;
            self.text.clear();
            unescape(raw, &mut self.text);
            &self.text
        } else {
            raw
        };
        match role {
            Role::Key => walk.key(Kind::Text, text, span)?,
            Role::Value => walk.value(Kind::Text, text, span)?,
        }
        if closed { Ok(()) } else { self.unclosed(walk) }
    }

    /// Skips a byte that has no place here.
    #[cold]
    fn error(&mut self, walk: &mut Walk<'_>, why: &'static str) -> Result<(), Halted> {
        let (at, why) = *self.wrong.get_or_insert((self.at, why));
        self.errors += 1;
        if self.errors > MAX_ERRORS {
            return Err(walk.invalid(at, why));
        }
        if !matches!(self.bytes[self.at], b'}' | b']') || self.open.is_empty() {
            self.at += 1;
        }
        Ok(())
    }
}

fn glued(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take(24).take_while(|byte| byte.is_ascii_digit()).count();
    matches!(bytes.get(digits), Some(b'[' | b'{'))
}

/// UBJSON's type markers and then a byte of a length, which no parser of JSON reads past.
fn counted(bytes: &[u8]) -> bool {
    let markers = bytes.iter().take(4).take_while(|byte| b"iUIlLumMSCHdD$#[{".contains(byte)).count();
    let blank = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r');
    markers > 0 && bytes.get(markers).is_some_and(|byte| byte.is_ascii_control() && !blank(byte))
}

/// Bytes of a first name that a guess looks at.
const NAME: usize = 64;

/// Whether an object begins with a bare word that is no name: what follows is no sign that any parser has after one.
fn named_otherwise(bytes: &[u8], at: usize) -> bool {
    let head = &bytes[..bytes.len().min(at + NAME)];
    let start = skip_blank(head, at);
    let letters =
        head[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')).count();
    let end = skip_blank(head, start + letters);
    letters > 0 && matches!(head.get(end), Some(b'[' | b'{' | b'(' | b'"' | b'\'' | b'<' | b'\0'..=b'\x08'))
}

fn word_kind(word: &[u8]) -> Kind {
    match word {
        [b'0'..=b'9' | b'-' | b'+' | b'.', ..] | b"NaN" | b"Infinity" => Kind::Number,
        b"true" | b"false" => Kind::Bool,
        b"null" | b"undefined" => Kind::Null,
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests;
