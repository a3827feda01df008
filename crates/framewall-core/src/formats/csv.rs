//! CSV (RFC 4180) and its kin: rows at `[row][column]`, separated by `,` `;` tab or `|`, whichever the first row uses.
//!
//! A quote means something only where a field begins; what follows a closing quote belongs to the field.

use super::{Container, Format, Halted, Kind, Likelihood, Walk};

/// The format itself.
pub struct Csv;

/// Bytes looked at by the guess.
const GLANCE: usize = 1024;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        let head = &bytes[..bytes.len().min(GLANCE)];
        if memchr::memchr(b'\n', head).is_none() {
            return 0;
        }
        let mut lines = head.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return 0 };
        // Control characters are no bar to readers of CSV, but make it unlikely; in its first line or in what is no
        // text, too much so.
        let controls = head.iter().any(|&byte| byte < 9);
        let named = !first.iter().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r'));
        let cut = std::str::from_utf8(head).err().map_or(head.len(), |error| error.valid_up_to());
        if controls && !(named && cut + 3 >= head.len()) {
            return 0;
        }
        let mark = separator(first);
        let columns = |line: &[u8]| line.iter().filter(|&&byte| byte == mark).count();
        let quoted = memchr::memchr(b'"', head).is_some();
        match (columns(first), columns(second)) {
            (0, _) => 0,
            (one, two) if one == two && controls => 20,
            (one, two) if one == two => 35,
            (_, two) if quoted && two > 0 => 25,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let start = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
        let mut reader = Reader { bytes, at: start, mark: separator(&bytes[start.min(line)..line]), text: Vec::new() };
        walk.enter(Container::List, start)?;
        let mut row = 0u32;
        walk.path.push_index(0);
        while reader.at < bytes.len() {
            walk.path.set_index(row);
            reader.row(walk)?;
            row = row.saturating_add(1);
        }
        walk.path.pop();
        walk.exit(Container::List, start..bytes.len())?;
        Ok(bytes.len())
    }
}

/// The separator that the first line has most of.
fn separator(line: &[u8]) -> u8 {
    let count = |mark: u8| line.iter().filter(|&&byte| byte == mark).count();
    // The earlier of equals wins: `max_by_key` takes the last.
    b"|\t;,".iter().copied().max_by_key(|&mark| count(mark)).unwrap_or(b',')
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    mark: u8,
    text: Vec<u8>,
}

impl Reader<'_> {
    fn row(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at;
        walk.enter(Container::List, start)?;
        walk.path.push_index(0);
        let mut column = 0u32;
        loop {
            walk.path.set_index(column);
            self.field(walk)?;
            match self.bytes.get(self.at) {
                Some(&byte) if byte == self.mark => self.at += 1,
                _ => break,
            }
            column = column.saturating_add(1);
        }
        if self.bytes.get(self.at) == Some(&b'\r') {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'\n') {
            self.at += 1;
        }
        walk.path.pop();
        walk.exit(Container::List, start..self.at)
    }

    fn field(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        if self.bytes.get(self.at) == Some(&b'"') {
            return self.quoted(walk);
        }
        let start = self.at;
        self.at = self.plain_end();
        walk.value(Kind::Text, &self.bytes[start..self.at], start..self.at)
    }

    /// Where an unquoted field ends: at a separator or a line's end.
    fn plain_end(&self) -> usize {
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr3(self.mark, b'\n', b'\r', rest);
        end.map_or(self.bytes.len(), |length| self.at + length)
    }

    fn quoted(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let start = self.at + 1;
        self.text.clear();
        self.at = start;
        loop {
            let Some(length) = memchr::memchr(b'"', &self.bytes[self.at..]) else {
                self.text.extend_from_slice(&self.bytes[self.at..]);
                self.at = self.bytes.len();
                break;
            };
            let quote = self.at + length;
            self.text.extend_from_slice(&self.bytes[self.at..quote]);
            self.at = quote + 1;
            if self.bytes.get(self.at) != Some(&b'"') {
                break;
            }
            self.text.push(b'"');
            self.at += 1;
        }
        let tail = self.at;
        self.at = self.plain_end();
        self.text.extend_from_slice(&self.bytes[tail..self.at]);
        walk.decoded(self.text.len(), start)?;
        walk.value(Kind::Text, &self.text, start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::leaves;
    use super::*;

    #[test]
    fn fields_have_row_and_column() {
        assert_eq!(
            leaves(&Csv, b"a,b\r\n\"x, \"\"y\"\"\n<z>\",1\n\n\"q\"w,\"open"),
            ["[0][0] a", "[0][1] b", "[1][0] x, \\\"y\\\"\\n<z>", "[1][1] 1", "[2][0] ", "[3][0] qw", "[3][1] open",]
        );
    }

    #[test]
    fn the_first_line_says_the_separator() {
        assert_eq!(leaves(&Csv, b"a;b\nc,d;e"), ["[0][0] a", "[0][1] b", "[1][0] c,d", "[1][1] e"]);
        assert_eq!(leaves(&Csv, b"a\tb"), ["[0][0] a", "[0][1] b"]);
    }

    #[test]
    fn a_line_of_prose_is_no_table() {
        assert_eq!(Csv.sniff(b"hello, world"), 0);
        assert_eq!(Csv.sniff(b"hello, world\nbye"), 0);
        assert!(Csv.sniff(b"a,b\n1,2\n") >= 20);
    }
}
