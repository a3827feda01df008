//! A part's header block, and the parameters of a header (RFC 2045 section 5.1, RFC 2231, RFC 5987).

use std::ops::Range;

/// Header lines of one part.
pub struct Headers {
    /// Names and values, folded lines included.
    pub lines: Vec<(Range<usize>, Range<usize>)>,
    /// Where the body begins.
    pub end: usize,
}

/// Headers kept of one part; further lines are its body's.
const MOST: usize = 64;

impl Headers {
    /// Reads headers from `start` to the empty line. A line that is no header begins the body.
    pub fn read(bytes: &[u8], start: usize) -> Headers {
        let mut headers = Headers { lines: Vec::new(), end: start };
        while headers.lines.len() < MOST {
            let start = headers.end;
            let (end, next) = super::line_end(bytes, start);
            let line = &bytes[start..end];
            if line.trim_ascii().is_empty() {
                headers.end = next;
                break;
            }
            if line[0].is_ascii_whitespace() {
                let Some(last) = headers.lines.last_mut() else { break };
                last.1.end = end;
            } else {
                let Some(colon) = memchr::memchr(b':', line).filter(|&colon| colon > 0) else { break };
                if line.starts_with(b"--") {
                    break;
                }
                let blanks = line[colon + 1..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                headers.lines.push((start..start + colon, start + colon + 1 + blanks..end));
            }
            headers.end = next;
        }
        headers
    }

    /// The value of the first header of this name (lower case).
    pub fn find(&self, bytes: &[u8], name: &[u8]) -> Option<Range<usize>> {
        let found = self.lines.iter().find(|(line, _)| bytes[line.clone()].trim_ascii().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
}

/// `name=value` in a header; the span is the value's, without quotes.
pub struct Parameter<'a> {
    /// As written.
    pub name: &'a [u8],
    /// Without its quotes.
    pub value: &'a [u8],
    /// Where the value stands.
    pub span: Range<usize>,
}

impl Parameter<'_> {
    /// Whether it goes by this name (lower case).
    pub fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Puts the value into `out`, quoted pairs undone where they quote a quote or a backslash.
    pub fn unquoted(&self, out: &mut Vec<u8>) {
        out.clear();
        let mut rest = self.value;
        while let Some(at) = memchr::memchr(b'\\', rest) {
            out.extend_from_slice(&rest[..at]);
            let quoted = rest.get(at + 1).filter(|byte| matches!(byte, b'"' | b'\\'));
            out.push(*quoted.unwrap_or(&b'\\'));
            rest = &rest[at + 1 + usize::from(quoted.is_some())..];
        }
        out.extend_from_slice(rest);
    }
}

/// The parameters in a header's value, at most 64.
pub fn parameters(bytes: &[u8], line: Range<usize>) -> impl Iterator<Item = Parameter<'_>> {
    let mut at = line.start;
    std::iter::from_fn(move || {
        let semicolon = memchr::memchr(b';', bytes.get(at..line.end)?)?;
        let start = skip(bytes, at + semicolon + 1, line.end);
        let stop = |byte: &u8| matches!(byte, b'=' | b';');
        let length = bytes[start..line.end].iter().position(stop).unwrap_or(line.end - start);
        let name = bytes[start..start + length].trim_ascii();
        if bytes.get(start + length) != Some(&b'=') || start + length >= line.end {
            at = start + length;
            return Some(Parameter { name, value: b"", span: at..at });
        }
        let start = skip(bytes, start + length + 1, line.end);
        let span = value(bytes, start, line.end);
        at = span.end;
        Some(Parameter { name, value: &bytes[span.clone()], span })
    })
    .take(64)
}

fn skip(bytes: &[u8], at: usize, end: usize) -> usize {
    let end = end.max(at);
    at + bytes[at..end].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// A token or a quoted string that begins at `start`; quotes excluded.
fn value(bytes: &[u8], start: usize, end: usize) -> Range<usize> {
    if bytes[start..end].first() != Some(&b'"') {
        let length = bytes[start..end].iter().position(|&byte| byte == b';').unwrap_or(end - start);
        return start..start + bytes[start..start + length].trim_ascii_end().len();
    }
    let (start, mut at) = (start + 1, start + 1);
    while at < end {
        match bytes[at] {
            b'"' => return start..at,
            // Browsers leave backslashes in file names alone: only a quoted quote or backslash is a pair.
            b'\\' if matches!(bytes[at + 1..end].first(), Some(b'"' | b'\\')) => at += 2,
            _ => at += 1,
        }
    }
    start..end
}

/// `charset'language'text`, percent-encoded, as text.
pub fn decode_extended(value: &[u8]) -> Vec<u8> {
    let text = value.splitn(3, |&byte| byte == b'\'').nth(2).unwrap_or(value);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let digit = |place: usize| text.get(at + place).and_then(|&byte| (byte as char).to_digit(16));
        match (text[at], digit(1), digit(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}
