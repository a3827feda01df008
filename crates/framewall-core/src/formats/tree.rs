//! What the binary walkers share: a cursor and an explicit stack of open containers. Nothing recurses.
//!
//! A format reads tokens and says what they are; this file keeps the books and tells the [`Walk`].

use std::ops::Range;

use super::{Container, Halted, Kind, Role, Walk};
use crate::limits;

/// Goes on, or halts.
pub(super) type Walked<T = ()> = Result<T, Halted>;

/// The count of a container that ends by a mark instead.
pub(super) const UNCOUNTED: u64 = u64::MAX;

/// What a container expects next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// A member's name.
    Key,
    /// An element, or the value of the name just read.
    Value,
    /// Nothing: the document is over.
    End,
}

/// One open container.
#[derive(Debug)]
pub(super) struct Level<X> {
    /// Its shape.
    pub kind: Container,
    /// Elements or members still to come, or [`UNCOUNTED`].
    pub left: u64,
    /// Elements or members begun.
    pub index: u32,
    /// What comes next.
    pub turn: Turn,
    /// Where its first byte stands.
    pub start: usize,
    /// What the format itself remembers of it.
    pub extra: X,
    role: Role,
    path_len: usize,
}

impl<X> Level<X> {
    /// Whether a name was read whose value is still to come.
    #[inline]
    pub fn owes_value(&self) -> bool {
        self.kind == Container::Map && self.turn == Turn::Value
    }
}

/// One document being read.
pub(super) struct Tree<'d, 'w, 'a, X> {
    /// The document.
    pub doc: &'d [u8],
    /// The next byte to read.
    pub at: usize,
    /// Where reading must stop: the document's end, or an embedded part's.
    pub end: usize,
    /// Open containers, outermost first.
    pub levels: Vec<Level<X>>,
    /// Whom everything is told.
    pub walk: &'w mut Walk<'a>,
    /// Where all of it stands in the outer document, if `doc` was unpacked from there.
    pub place: Option<Range<usize>>,
    begun: bool,
}

impl<'d, 'w, 'a, X> Tree<'d, 'w, 'a, X> {
    /// At the first byte of `doc`.
    pub fn new(doc: &'d [u8], walk: &'w mut Walk<'a>) -> Self {
        Tree { doc, at: 0, end: doc.len(), levels: Vec::new(), walk, place: None, begun: false }
    }

    /// At the first byte of what was unpacked from `place`, inside the containers that are open there.
    pub fn within(doc: &'d [u8], walk: &'w mut Walk<'a>, place: Range<usize>, levels: Vec<Level<X>>) -> Self {
        Tree { doc, at: 0, end: doc.len(), levels, walk, place: Some(place), begun: true }
    }

    #[inline]
    fn placed(&self, span: Range<usize>) -> Range<usize> {
        match &self.place {
            Some(place) => place.clone(),
            None => span,
        }
    }

    /// Bytes left to read.
    #[inline]
    pub fn rest(&self) -> usize {
        self.end - self.at
    }

    /// The next byte, left where it is.
    #[inline]
    pub fn peek(&mut self) -> Walked<u8> {
        if self.at < self.end { Ok(self.doc[self.at]) } else { Err(self.truncated()) }
    }

    /// The next byte.
    #[inline]
    pub fn byte(&mut self) -> Walked<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(byte)
    }

    /// The next `N` bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Walked<[u8; N]> {
        match self.doc[self.at..self.end].first_chunk::<N>() {
            Some(bytes) => {
                self.at += N;
                Ok(*bytes)
            }
            None => Err(self.truncated()),
        }
    }

    /// The next `len` bytes; a length beyond the data is an anomaly.
    #[inline]
    pub fn take(&mut self, len: u64) -> Walked<&'d [u8]> {
        if len > self.rest() as u64 {
            self.anomaly("length exceeds data", self.at..self.end)?;
            return Err(self.truncated());
        }
        let doc: &'d [u8] = self.doc;
        let bytes = &doc[self.at..self.at + len as usize];
        self.at += len as usize;
        Ok(bytes)
    }

    /// The next `len` bytes, of a text whose length was just read: should that lie, the rest is told without it, as
    /// the text that it may be the start of. For formats that tell everything where it stands.
    #[inline]
    pub fn text(&mut self, len: u64) -> Walked<&'d [u8]> {
        if len > self.rest() as u64 && self.place.is_none() {
            self.walk.saw(self.at);
        }
        self.take(len)
    }

    /// Bytes up to a NUL, which is read too.
    pub fn cstring(&mut self) -> Walked<&'d [u8]> {
        let doc: &'d [u8] = self.doc;
        let rest = &doc[self.at..self.end];
        match rest.iter().position(|&byte| byte == 0) {
            Some(len) => {
                self.at += len + 1;
                Ok(&rest[..len])
            }
            None => Err(self.truncated()),
        }
    }

    /// A base-128 number, least significant group first, of at most ten bytes.
    #[inline]
    pub fn varint(&mut self) -> Walked<u64> {
        // Most are short.
        match self.doc[self.at..self.end] {
            [byte @ 0..0x80, ..] => {
                self.at += 1;
                return Ok(u64::from(byte));
            }
            [low, high @ 0..0x80, ..] => {
                self.at += 2;
                return Ok(u64::from(low & 0x7f) | u64::from(high) << 7);
            }
            _ => {}
        }
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift.min(63);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.invalid(self.at - 1, "a varint is longer than ten bytes"))
    }

    /// Ends the walk: the input is over.
    #[cold]
    pub fn truncated(&mut self) -> Halted {
        self.walk.truncated()
    }

    /// Ends the walk: not this format.
    #[cold]
    pub fn invalid(&mut self, at: usize, why: &'static str) -> Halted {
        let at = self.placed(at..at).start;
        self.walk.invalid(at, why)
    }

    /// Reports what is wrong in itself, and goes on.
    #[cold]
    pub fn anomaly(&mut self, what: &'static str, span: Range<usize>) -> Walked {
        let span = self.placed(span);
        self.walk.anomaly(what, span)
    }

    /// A count of things that take at least `least` bytes each: beyond the data it is an anomaly, and
    /// for things that take none it must fit the budget of nodes.
    pub fn counted(&mut self, count: u64, least: u64) -> Walked {
        if least == 0 {
            if count > u64::from(self.walk.nodes_left()) {
                return Err(self.walk.spent(limits::FORMAT_NODES, self.at));
            }
        } else if count.saturating_mul(least) > self.rest() as u64 {
            return self.anomaly("count exceeds data", self.at..self.end);
        }
        Ok(())
    }

    /// Charges bytes that were made rather than pointed at.
    #[inline]
    pub fn decoded(&mut self, count: usize) -> Walked {
        self.walk.decoded(count, self.at)
    }

    /// The role of what stands here: everything inside a key is a key.
    #[inline]
    pub fn role(&self) -> Role {
        self.levels.last().map_or(Role::Value, |level| level.role)
    }

    /// A value at the present path.
    #[inline]
    pub fn value(&mut self, kind: Kind, bytes: &[u8], span: Range<usize>) -> Walked {
        let span = self.placed(span);
        self.walk.leaf(self.role(), kind, bytes, span)
    }

    /// A value one step below the present path: what belongs to a typed blob.
    pub fn value_under(&mut self, segment: &[u8], kind: Kind, bytes: &[u8], span: Range<usize>) -> Walked {
        self.walk.path.push_key(segment);
        let walked = self.value(kind, bytes, span);
        self.walk.path.pop();
        walked
    }

    /// A member's name: goes down to it and yields it.
    #[inline]
    pub fn key(&mut self, kind: Kind, bytes: &[u8], span: Range<usize>) -> Walked {
        let span = self.placed(span);
        self.walk.key(kind, bytes, span)
    }

    /// Whether a scalar that stands here needs no text: a name always does.
    #[inline]
    pub fn is_untold(&self, turn: Turn) -> bool {
        turn != Turn::Key && !self.walk.tells_scalars()
    }

    /// A scalar that nobody looks at, up to the cursor.
    #[inline]
    pub fn untold(&mut self, start: usize) -> Walked {
        let span = self.placed(start..self.at);
        self.walk.untold(span)
    }

    /// A whole number, as its text.
    #[inline]
    pub fn int(&mut self, turn: Turn, number: impl itoa::Integer, start: usize) -> Walked {
        if self.is_untold(turn) {
            return self.untold(start);
        }
        let mut buffer = itoa::Buffer::new();
        self.scalar(turn, Kind::Number, buffer.format(number).as_bytes(), start..self.at)
    }

    /// A floating-point number, as its shortest text.
    #[inline]
    pub fn float(&mut self, turn: Turn, number: f64, start: usize) -> Walked {
        if self.is_untold(turn) {
            return self.untold(start);
        }
        let mut buffer = zmij::Buffer::new();
        self.scalar(turn, Kind::Number, buffer.format(number).as_bytes(), start..self.at)
    }

    /// `true` or `false`.
    #[inline]
    pub fn bool(&mut self, turn: Turn, value: bool, start: usize) -> Walked {
        if self.is_untold(turn) {
            return self.untold(start);
        }
        self.scalar(turn, Kind::Bool, if value { b"true" } else { b"false" }, start..self.at)
    }

    /// Null and its like.
    #[inline]
    pub fn null(&mut self, turn: Turn, start: usize) -> Walked {
        if self.is_untold(turn) {
            return self.untold(start);
        }
        self.scalar(turn, Kind::Null, b"null", start..self.at)
    }

    /// A key or a value, as the turn says.
    #[inline]
    pub fn scalar(&mut self, turn: Turn, kind: Kind, bytes: &[u8], span: Range<usize>) -> Walked {
        match turn {
            Turn::Key => self.key(kind, bytes, span),
            _ => self.value(kind, bytes, span),
        }
    }

    /// Opens a container that stands where `turn` says; one that stands as a key has no name but its shape.
    #[inline]
    pub fn enter(&mut self, turn: Turn, kind: Container, left: u64, start: usize, extra: X) -> Walked {
        let mut role = self.role();
        let start = self.placed(start..start).start;
        if turn == Turn::Key {
            role = Role::Key;
            self.walk.path.push_key(if kind == Container::Map { b"{...}" } else { b"[...]" });
        }
        self.walk.enter(kind, start)?;
        let turn = if kind == Container::Map { Turn::Key } else { Turn::Value };
        let path_len = self.walk.path.len();
        self.levels.push(Level { kind, left, index: 0, turn, start, extra, role, path_len });
        Ok(())
    }

    /// Closes the innermost container.
    #[inline]
    pub fn exit(&mut self) -> Walked {
        if let Some(level) = self.levels.pop() {
            self.walk.path.truncate(level.path_len);
            let end = self.placed(self.at..self.at).end;
            self.walk.exit(level.kind, level.start..end.max(level.start))?;
        }
        Ok(())
    }

    /// Closes what is finished and says what comes next. For an element the path already ends with its
    /// index; for a value, with its key.
    #[inline]
    pub fn step(&mut self) -> Walked<Turn> {
        loop {
            let Some(level) = self.levels.last_mut() else {
                let turn = if self.begun { Turn::End } else { Turn::Value };
                self.begun = true;
                return Ok(turn);
            };
            match (level.kind, level.turn) {
                (Container::Map, Turn::Value) => {
                    self.walk.path.truncate(level.path_len + 1);
                    level.turn = Turn::Key;
                    return Ok(Turn::Value);
                }
                _ if level.left == 0 => self.exit()?,
                (kind, _) => {
                    let index = level.index;
                    level.index = index.saturating_add(1);
                    if level.left != UNCOUNTED {
                        level.left -= 1;
                    }
                    if kind == Container::List {
                        if self.walk.path.len() == level.path_len + 1 {
                            self.walk.path.set_index(index);
                        } else {
                            self.walk.path.truncate(level.path_len);
                            self.walk.path.push_index(index);
                        }
                        return Ok(Turn::Value);
                    }
                    self.walk.path.truncate(level.path_len);
                    level.turn = Turn::Value;
                    return Ok(Turn::Key);
                }
            }
        }
    }

    /// Back to the innermost container's own path, for a member that nobody is told.
    #[inline]
    pub fn rewind(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.turn = if level.kind == Container::Map { Turn::Key } else { Turn::Value };
            self.walk.path.truncate(level.path_len);
        }
    }

    /// The value of the name just read comes next: what [`Tree::step`] does there, told without looking.
    #[inline]
    pub fn value_next(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.turn = Turn::Key;
        }
    }

    /// Whether the innermost container may end here by a mark: it is uncounted and owes no value.
    #[inline]
    pub fn may_end(&self) -> bool {
        self.levels.last().is_some_and(|level| level.left == UNCOUNTED && !level.owes_value())
    }
}
