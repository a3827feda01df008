//! YAML flow style: `{…}` and `[…]`, over as many lines as they like.

use super::{Container, Halted, Kind, Reader, Walk};

impl Reader<'_> {
    /// Reads a flow collection from its bracket to its end.
    pub(super) fn flow(&mut self, walk: &mut Walk<'_>) -> Result<(), Halted> {
        let outer = self.open.len();
        loop {
            let Some(byte) = self.skip_flow_blank(walk)? else { return Err(walk.truncated()) };
            match byte {
                b'{' => self.begin_flow(walk, Container::Map)?,
                b'[' => self.begin_flow(walk, Container::List)?,
                b'}' | b']' => {
                    self.at += 1;
                    self.close(walk, self.open.len() - 1)?;
                    if self.open.len() <= outer {
                        self.skip_colon();
                        return Ok(());
                    }
                    self.skip_colon();
                }
                b',' => self.comma(walk),
                b'?' | b':' | b'-' if self.blank(1) => self.at += 1,
                b':' => self.at += 1,
                b'!' => self.tag(walk)?,
                b'&' => self.anchor(walk)?,
                b'*' => {
                    self.alias(walk)?;
                    self.skip_colon();
                }
                _ => self.flow_scalar(walk, byte)?,
            }
        }
    }

    fn begin_flow(&mut self, walk: &mut Walk<'_>, kind: Container) -> Result<(), Halted> {
        self.begin(walk, kind, usize::MAX, true)?;
        self.at += 1;
        if kind == Container::List {
            walk.path.push_index(0);
        }
        Ok(())
    }

    fn comma(&mut self, walk: &mut Walk<'_>) {
        self.at += 1;
        let Some(open) = self.open.last_mut().filter(|open| open.flow) else { return };
        walk.path.truncate(open.outside);
        if open.kind == Container::List {
            open.index += 1;
            walk.path.push_index(open.index);
        }
    }

    /// A scalar, which is a key if a colon follows or if its map has none yet.
    fn flow_scalar(&mut self, walk: &mut Walk<'_>, byte: u8) -> Result<(), Halted> {
        let quoted = matches!(byte, b'"' | b'\'');
        let mut span = if quoted { self.quoted(byte) } else { self.plain_line(true) };
        while !quoted && self.goes_on() {
            let before = std::mem::take(&mut self.text);
            let line = self.plain_line(true);
            let more = std::mem::replace(&mut self.text, before);
            self.text.push(b' ');
            self.text.extend_from_slice(&more);
            span.end = line.end;
        }
        let colon = self.skip_colon();
        let (map, steps) = self.open.last().map_or((false, 0), |open| {
            let map = open.kind == Container::Map;
            (map, open.outside + usize::from(!map))
        });
        if colon || map && walk.path.len() <= steps {
            walk.path.truncate(steps);
            return walk.key(Kind::Text, &self.text, span);
        }
        self.value(walk, span)
    }

    /// Goes to the next line if a plain scalar goes on there.
    fn goes_on(&mut self) -> bool {
        let back = self.at;
        let blank = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let broken = self.bytes[self.at..self.at + blank].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        self.at += blank;
        let on = broken
            && !matches!(self.peek(0), None | Some(b',' | b'[' | b']' | b'{' | b'}' | b':' | b'#' | b'"' | b'\''));
        if !on {
            self.at = back;
        }
        on
    }

    fn skip_colon(&mut self) -> bool {
        let back = self.at;
        while self.peek(0).is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
        if self.peek(0) == Some(b':') {
            self.at += 1;
            return true;
        }
        self.at = back;
        false
    }

    fn skip_flow_blank(&mut self, walk: &mut Walk<'_>) -> Result<Option<u8>, Halted> {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'#' => self.comment(walk)?,
                _ => return Ok(Some(byte)),
            }
        }
        Ok(None)
    }
}
