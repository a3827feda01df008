//! Smile 1.0: names and texts that refer back are given again, binary in seven-bit form is decoded.
//!
//! Source: the Smile format specification (FasterXML). Whether references may occur is a flag in the header; a
//! reference that nothing answers is an anomaly.

use super::probe::probe;
use super::tree::{Tree, Turn, UNCOUNTED, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};

const MAGIC: &[u8] = b":)\n";
const SHARED_NAMES: u8 = 0x01;
const SHARED_TEXTS: u8 = 0x02;
/// Names or texts remembered; the table starts anew when it is full.
const SHARED: usize = 1024;
/// The longest name or text that is remembered, in bytes.
const SHARED_LEN: usize = 65;
const END_OF_TEXT: u8 = 0xfc;
const END_OF_CONTENT: u8 = 0xff;

/// The walker.
#[derive(Clone, Copy, Debug)]
pub struct Smile;

impl Format for Smile {
    fn name(&self) -> &'static str {
        "smile"
    }

    fn opens(&self, first: u8) -> bool {
        first == MAGIC[0]
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        match bytes.strip_prefix(MAGIC) {
            Some([flags, _, ..]) if flags >> 4 == 0 => {
                let seen = probe(self, bytes);
                if seen.ended || seen.exhausted { 100 } else { 0 }
            }
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut tree = Tree::new(bytes, walk);
        if !bytes.starts_with(MAGIC) {
            return Err(tree.invalid(0, "no Smile header"));
        }
        tree.at = MAGIC.len();
        let flags = tree.byte()?;
        // A decoder that keeps references although the header says none is the laxer one; absent flags mean names.
        let texts = flags & SHARED_TEXTS != 0;
        let mut state = State { tree, names: Shared::new(flags & SHARED_NAMES != 0), texts: Shared::new(texts) };
        loop {
            state.close_ended()?;
            match state.tree.step()? {
                Turn::End => break,
                Turn::Key => state.name()?,
                Turn::Value => state.value()?,
            }
        }
        if state.tree.doc.get(state.tree.at) == Some(&END_OF_CONTENT) {
            state.tree.at += 1;
        }
        Ok(state.tree.at)
    }
}

/// What may be referred back to.
struct Shared {
    on: bool,
    places: Vec<(usize, usize)>,
}

impl Shared {
    fn new(on: bool) -> Shared {
        Shared { on, places: Vec::new() }
    }

    fn add(&mut self, start: usize, end: usize) {
        if self.on && end - start <= SHARED_LEN {
            if self.places.len() == SHARED {
                self.places.clear();
            }
            self.places.push((start, end));
        }
    }
}

struct State<'d, 'w, 'a> {
    tree: Tree<'d, 'w, 'a, ()>,
    names: Shared,
    texts: Shared,
}

impl State<'_, '_, '_> {
    fn close_ended(&mut self) -> Walked {
        while let Some(level) = self.tree.levels.last() {
            let end = if level.kind == Container::Map { 0xfb } else { 0xf9 };
            if !self.tree.may_end() || self.tree.peek()? != end {
                return Ok(());
            }
            self.tree.at += 1;
            self.tree.exit()?;
        }
        Ok(())
    }

    fn name(&mut self) -> Walked {
        let start = self.tree.at;
        let first = self.tree.byte()?;
        match first {
            0x20 => self.tree.key(Kind::Text, b"", start..start),
            0x30..=0x33 => {
                let low = self.tree.byte()?;
                self.refer(Turn::Key, usize::from(first & 3) << 8 | usize::from(low), start)
            }
            0x34 => self.long(Turn::Key),
            0x40..=0x7f => self.refer(Turn::Key, usize::from(first & 0x3f), start),
            0x80..=0xbf => self.short(Turn::Key, usize::from(first & 0x3f) + 1),
            0xc0..=0xf7 => self.short(Turn::Key, usize::from(first & 0x3f) + 2),
            _ => Err(self.tree.invalid(start, "no such name token")),
        }
    }

    fn value(&mut self) -> Walked {
        let start = self.tree.at;
        let first = self.tree.byte()?;
        let tree = &mut self.tree;
        match first {
            0x01..=0x1f => self.refer(Turn::Value, usize::from(first) - 1, start),
            0x20 => tree.value(Kind::Text, b"", start..start),
            0x21 => tree.null(Turn::Value, start),
            0x22 | 0x23 => tree.bool(Turn::Value, first == 0x23, start),
            0x24 | 0x25 => {
                let number = self.vint()?;
                self.tree.int(Turn::Value, zigzag(number), start)
            }
            0x26 | 0xe8 => self.seven_bit(start),
            0x28 => {
                let bits = tree.array::<5>()?.iter().fold(0u64, |bits, &byte| bits << 7 | u64::from(byte & 0x7f));
                tree.float(Turn::Value, f64::from(f32::from_bits(bits as u32)), start)
            }
            0x29 => {
                let bits = tree.array::<10>()?.iter().fold(0u64, |bits, &byte| bits << 7 | u64::from(byte & 0x7f));
                tree.float(Turn::Value, f64::from_bits(bits), start)
            }
            0x2a => {
                self.vint()?;
                self.seven_bit(start)
            }
            0x40..=0x5f => self.short(Turn::Value, usize::from(first & 0x1f) + 1),
            0x60..=0x7f => self.short(Turn::Value, usize::from(first & 0x1f) + 33),
            0x80..=0x9f => self.short(Turn::Value, usize::from(first & 0x1f) + 2),
            0xa0..=0xbf => self.short(Turn::Value, usize::from(first & 0x1f) + 34),
            0xc0..=0xdf => tree.int(Turn::Value, zigzag(u64::from(first & 0x1f)), start),
            0xe0..=0xe7 => self.long(Turn::Value),
            0xec..=0xef => {
                let low = self.tree.byte()?;
                self.refer(Turn::Value, usize::from(first & 3) << 8 | usize::from(low), start)
            }
            0xf8 => tree.enter(Turn::Value, Container::List, UNCOUNTED, start, ()),
            0xfa => tree.enter(Turn::Value, Container::Map, UNCOUNTED, start, ()),
            0xfd => {
                let len = self.vint()?;
                let bytes = self.tree.take(len)?;
                self.tree.value(Kind::Binary, bytes, self.tree.at - bytes.len()..self.tree.at)
            }
            _ => Err(tree.invalid(start, "no such value token")),
        }
    }

    fn short(&mut self, turn: Turn, len: usize) -> Walked {
        let text = self.tree.take(len as u64)?;
        let span = self.tree.at - len..self.tree.at;
        let shared = if turn == Turn::Key { &mut self.names } else { &mut self.texts };
        shared.add(span.start, span.end);
        self.tree.scalar(turn, Kind::Text, text, span)
    }

    /// Text up to its end mark.
    fn long(&mut self, turn: Turn) -> Walked {
        let start = self.tree.at;
        let doc = self.tree.doc;
        match memchr::memchr(END_OF_TEXT, &doc[start..]) {
            Some(len) => {
                self.tree.at = start + len + 1;
                self.tree.scalar(turn, Kind::Text, &doc[start..start + len], start..start + len)
            }
            None => Err(self.tree.truncated()),
        }
    }

    fn refer(&mut self, turn: Turn, number: usize, start: usize) -> Walked {
        let shared = if turn == Turn::Key { &self.names } else { &self.texts };
        let Some(&(from, to)) = shared.places.get(number) else {
            self.tree.anomaly("reference to nothing", start..self.tree.at)?;
            return self.tree.scalar(turn, Kind::Text, b"", start..self.tree.at);
        };
        self.tree.decoded(to - from)?;
        let doc = self.tree.doc;
        self.tree.scalar(turn, Kind::Text, &doc[from..to], start..self.tree.at)
    }

    /// A number in groups of seven bits, the most significant first; the last has six and the top bit set.
    fn vint(&mut self) -> Walked<u64> {
        let mut value = 0u64;
        for _ in 0..11 {
            let byte = self.tree.byte()?;
            if byte & 0x80 != 0 {
                return Ok(value << 6 | u64::from(byte & 0x3f));
            }
            value = value << 7 | u64::from(byte);
        }
        Err(self.tree.invalid(self.tree.at - 1, "a number is longer than eleven bytes"))
    }

    /// Bytes as groups of seven bits: eight of them hold seven bytes, the last few are right-aligned.
    fn seven_bit(&mut self, start: usize) -> Walked {
        let len = self.vint()?;
        let (whole, rest) = (len / 7, len % 7);
        let groups = self.tree.take((whole.saturating_mul(8)).saturating_add(if rest > 0 { rest + 1 } else { 0 }))?;
        self.tree.decoded(len as usize)?;
        let mut bytes = Vec::with_capacity(len as usize);
        for group in groups.chunks(8) {
            let bits = group[..group.len() - 1].iter().fold(0u64, |bits, &byte| bits << 7 | u64::from(byte & 0x7f));
            let (last, count) = (group[group.len() - 1], group.len() - 1);
            // The last group of a full eight carries seven bits; of a part, as many as there are bytes.
            let value = bits << count | u64::from(last) & ((1 << count) - 1);
            bytes.extend_from_slice(&value.to_be_bytes()[8 - count..]);
        }
        self.tree.value(Kind::Binary, &bytes, start..self.tree.at)
    }
}

fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
