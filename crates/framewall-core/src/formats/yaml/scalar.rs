//! YAML scalars: plain, quoted and block ones, folded as loaders fold them. The text goes to the reader's buffer.

use std::ops::Range;

use super::{Halted, Kind, Reader, Scalar, Walk};

impl Reader<'_> {
    /// Reads a plain or quoted scalar in block style, with its colon if it is a key. Plain ones may go on below.
    pub(super) fn scalar(&mut self, column: usize) -> (Scalar, Range<usize>) {
        let span = match self.peek(0) {
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote),
            _ => self.plain_line(false),
        };
        let back = self.at;
        self.skip_spaces();
        if self.peek(0) == Some(b':') && self.blank(1) {
            self.at += 1;
            return (Scalar::Key, span);
        }
        self.at = back;
        if self.bytes.get(span.end).is_some_and(|byte| matches!(byte, b'"' | b'\'')) && back > span.end {
            return (Scalar::Value, span);
        }
        (Scalar::Value, self.continued(span, column))
    }

    /// Reads plain text up to what ends it on this line: a colon or comment; in flow style also its marks.
    pub(super) fn plain_line(&mut self, flow: bool) -> Range<usize> {
        let start = self.at;
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            let next_blank = self.bytes.get(at + 1).is_none_or(|byte| byte.is_ascii_whitespace());
            match byte {
                b'\n' | b'\r' => break,
                b':' if next_blank || flow && matches!(self.bytes[at + 1], b',' | b'[' | b']' | b'{' | b'}') => break,
                b'#' if at > start && self.bytes[at - 1].is_ascii_whitespace() => break,
                b',' | b'[' | b']' | b'{' | b'}' if flow => break,
                _ => at += 1,
            }
        }
        // A mark that may not begin a scalar is one here: the reader must move on.
        let at = at.max(start + 1).min(self.bytes.len());
        let end = start + self.bytes[start..at].trim_ascii_end().len();
        self.at = at;
        self.text.clear();
        self.text.extend_from_slice(&self.bytes[start..end]);
        start..end
    }

    /// Adds the lines below that belong to a plain scalar: deeper than what it is in, and no keys themselves.
    fn continued(&mut self, span: Range<usize>, column: usize) -> Range<usize> {
        let within = self.open.last().map_or(0, |open| open.column + 1).min(column.max(1));
        let mut span = span;
        loop {
            let back = self.at;
            let mut breaks = 0;
            let mut indent = 0;
            while let Some(byte) = self.peek(0) {
                match byte {
                    b'\n' | b'\r' => {
                        (breaks, indent) = (breaks + 1, 0);
                        self.at += self.line_break(self.at);
                    }
                    b' ' | b'\t' => (indent, self.at) = (indent + 1, self.at + 1),
                    _ => break,
                }
            }
            let item = self.peek(0) == Some(b'-') && self.blank(1) && self.open.is_empty();
            if breaks == 0
                || indent < within
                || item
                || matches!(self.peek(0), None | Some(b'#'))
                || self.marker(indent).is_some()
                || self.line_has_key()
            {
                self.at = back;
                return span;
            }
            let before = std::mem::take(&mut self.text);
            let line = self.plain_line(false);
            let more = std::mem::replace(&mut self.text, before);
            fold(breaks, &mut self.text);
            self.text.extend_from_slice(&more);
            span.end = line.end;
        }
    }

    /// Whether a colon that makes a key stands on this line.
    fn line_has_key(&self) -> bool {
        let line = &self.bytes[self.at..self.line_end(self.at)];
        memchr::memmem::find(line, b": ").is_some() || line.trim_ascii_end().ends_with(b":")
    }

    /// Reads a quoted scalar; the span is without its quotes.
    pub(super) fn quoted(&mut self, quote: u8) -> Range<usize> {
        let start = self.at + 1;
        self.text.clear();
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\'' if quote == b'\'' && self.bytes.get(at + 1) == Some(&b'\'') => {
                    self.text.push(b'\'');
                    at += 2;
                }
                _ if byte == quote => {
                    self.at = at + 1;
                    return start..at;
                }
                b'\\' if quote == b'"' => at = self.escape(at + 1),
                b'\n' | b'\r' => at = self.folded_break(at),
                _ => {
                    self.text.push(byte);
                    at += 1;
                }
            }
        }
        self.at = self.bytes.len();
        start..self.at
    }

    /// A line break inside quotes, with the blanks around it; where the text goes on.
    fn folded_break(&mut self, at: usize) -> usize {
        let (mut at, mut breaks) = (at, 0);
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\n' | b'\r' => (breaks, at) = (breaks + 1, at + self.line_break(at)),
                b' ' | b'\t' => at += 1,
                _ => break,
            }
        }
        let kept = self.text.trim_ascii_end().len();
        self.text.truncate(kept);
        fold(breaks.max(1), &mut self.text);
        at
    }

    /// What stands after a backslash; where the text goes on.
    fn escape(&mut self, at: usize) -> usize {
        let Some(&letter) = self.bytes.get(at) else { return at };
        let digits = match letter {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let text = self.bytes.get(at + 1..at + 1 + digits).and_then(|text| std::str::from_utf8(text).ok());
            if let Some(point) = text.and_then(|text| u32::from_str_radix(text, 16).ok()) {
                let character = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
                self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return at + 1 + digits;
            }
        }
        let plain: &[u8] = match letter {
            b'0' => b"\0",
            b'a' => b"\x07",
            b'b' => b"\x08",
            b't' => b"\t",
            b'n' => b"\n",
            b'v' => b"\x0b",
            b'f' => b"\x0c",
            b'r' => b"\r",
            b'e' => b"\x1b",
            b'N' => "\u{85}".as_bytes(),
            b'_' => "\u{a0}".as_bytes(),
            b'L' => "\u{2028}".as_bytes(),
            b'P' => "\u{2029}".as_bytes(),
            b'\n' | b'\r' => {
                let rest = &self.bytes[at..];
                return at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            }
            _ => &self.bytes[at..=at],
        };
        self.text.extend_from_slice(plain);
        at + 1
    }

    /// Reads `|` or `>` and the lines below that are indented further, and reports them.
    pub(super) fn block_scalar(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let header = self.at..self.line_end(self.at);
        let folded = self.bytes[self.at] == b'>';
        let marks = self.bytes[header.clone()].split(|&byte| byte == b'#').next().unwrap_or_default();
        let strip = marks.contains(&b'-');
        let keep = marks.contains(&b'+');
        let stated = marks.iter().find(|byte| (b'1'..=b'9').contains(byte)).map(|byte| usize::from(byte - b'0'));
        let parent = self.open.last().map_or(0, |open| open.column + 1);
        self.at = header.end + self.line_break(header.end);
        let start = self.at;
        let mut least = stated.map(|stated| (parent + stated).saturating_sub(1).max(usize::from(parent > 0)));
        self.text.clear();
        let (mut breaks, mut broken, mut plain, mut end) = (0usize, false, false, start);
        while self.at < self.bytes.len() {
            let line = &self.bytes[self.at..self.line_end(self.at)];
            let indent = line.iter().take_while(|&&byte| byte == b' ').count();
            let next = self.at + line.len() + self.line_break(self.at + line.len());
            if line.len() == indent && least.is_none_or(|least| indent <= least) {
                breaks += 1;
                self.at = next;
                continue;
            }
            let least = *least.get_or_insert(indent);
            if indent < least || indent < parent {
                break;
            }
            let text = &line[least..];
            let now_plain = !matches!(text.first(), Some(b' ' | b'\t'));
            match (broken, folded && plain && now_plain, breaks) {
                (true, true, 0) => self.text.push(b' '),
                (true, true, _) => {}
                (true, false, _) => self.text.push(b'\n'),
                (false, ..) => {}
            }
            self.text.extend(std::iter::repeat_n(b'\n', breaks));
            self.text.extend_from_slice(text);
            (breaks, broken, plain) = (0, true, now_plain);
            end = self.at + line.len();
            self.at = next;
        }
        if broken && !strip {
            self.text.push(b'\n');
        }
        if keep {
            self.text.extend(std::iter::repeat_n(b'\n', breaks));
        }
        walk.decoded(self.text.len(), start)?;
        walk.value(Kind::Text, &self.text, start..end)?;
        // The reader goes on at a line's end.
        self.at = if end > start { end } else { header.end };
        Ok(())
    }
}

/// One line break is a space, more are themselves less one.
fn fold(breaks: usize, out: &mut Vec<u8>) {
    match breaks {
        1 => out.push(b' '),
        more => out.extend(std::iter::repeat_n(b'\n', more - 1)),
    }
}
