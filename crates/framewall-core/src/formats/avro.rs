//! Avro: object container files with the schema inside them, registry framing, and data of a schema given by the user.
//!
//! Source: the Avro 1.12 specification. Records of a file are `[0]`, `[1]` … over all its blocks; its metadata is
//! under `meta`. Framed data (a zero byte and a schema's number, or C3 01 and a fingerprint) comes without its
//! schema: all of it is one binary leaf, and every text in it that stands after its own length is a leaf too.

use super::probe::reads_as_text;
use super::tree::{Tree, Turn, UNCOUNTED, Walked};
use super::{Container, Format, Halted, Kind, Likelihood, Walk};

mod block;
mod registry;
pub mod schema;
mod snappy;

pub use registry::Registry;

use schema::{Schema, Type, TypeId};

/// What a container file begins with.
pub const MAGIC: &[u8] = b"Obj\x01";
const SYNC: u64 = 16;
/// Registry framing: 0 and a big-endian schema number.
const FRAME: usize = 5;
/// Single-object encoding: C3 01 and a fingerprint of eight bytes.
const OBJECT: &[u8] = b"\xc3\x01";
const OBJECT_HEAD: usize = 10;
/// The shortest text worth a leaf where there is no schema.
const SHORTEST: usize = 3;

/// The walker of files and framed data.
#[derive(Clone, Copy, Debug)]
pub struct Avro;

impl Format for Avro {
    fn name(&self) -> &'static str {
        "avro"
    }

    fn opens(&self, first: u8) -> bool {
        first == MAGIC[0] || first == 0 || first == OBJECT[0]
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        match bytes {
            _ if bytes.starts_with(MAGIC) => 100,
            _ if bytes.starts_with(OBJECT) && bytes.len() > OBJECT_HEAD && !reads_as_text(bytes) => 30,
            // Registries number schemas from 1.
            [0, 0, a, b, c, ..] if bytes.len() > FRAME && (*a, *b, *c) != (0, 0, 0) => 20,
            _ => 0,
        }
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut tree = Tree::new(bytes, walk);
        match bytes {
            _ if bytes.starts_with(MAGIC) => file(&mut tree)?,
            _ if bytes.starts_with(OBJECT) && bytes.len() > OBJECT_HEAD => framed(&mut tree, OBJECT_HEAD)?,
            [0, ..] if bytes.len() > FRAME => framed(&mut tree, FRAME)?,
            _ => return Err(tree.invalid(0, "neither a container file nor framed data")),
        }
        Ok(tree.at)
    }
}

/// `extra` of a level.
#[derive(Clone, Copy)]
enum Frame {
    /// The file itself.
    File,
    /// A record of this type.
    Record(TypeId),
    /// An array's or map's items: their type, and how many the present block still has.
    Items(TypeId, u64),
}

type State<'d, 'w, 'a> = Tree<'d, 'w, 'a, Frame>;

fn long(tree: &mut State<'_, '_, '_>) -> Walked<i64> {
    let number = tree.varint()?;
    Ok((number >> 1) as i64 ^ -((number & 1) as i64))
}

fn length(tree: &mut State<'_, '_, '_>) -> Walked<u64> {
    let start = tree.at;
    match u64::try_from(long(tree)?) {
        Ok(len) => Ok(len),
        Err(_) => Err(tree.invalid(start, "a length is negative")),
    }
}

fn file(tree: &mut State<'_, '_, '_>) -> Walked {
    tree.at = MAGIC.len();
    let metadata = Schema::of_metadata();
    let start = tree.at;
    tree.step()?;
    tree.walk.path.push_key(b"meta");
    datum(tree, &metadata, metadata.root)?;
    tree.walk.path.pop();
    let (schema, codec) = block::header(&tree.doc[start..tree.at]);
    tree.take(SYNC)?;
    tree.enter(Turn::Value, Container::List, UNCOUNTED, 0, Frame::File)?;
    while tree.rest() > 0 {
        let count = length(tree)?;
        let size = length(tree)?;
        let bytes = tree.take(size)?;
        let span = tree.at - bytes.len()..tree.at;
        match &schema {
            Some(schema) => block::walk(tree, schema, codec, count, span)?,
            None => {
                tree.anomaly("schema cannot be read", span.clone())?;
                tree.value(Kind::Binary, bytes, span)?;
            }
        }
        tree.take(SYNC)?;
    }
    tree.exit()
}

/// One datum of this type at the present path, however deep it goes.
fn datum(tree: &mut State<'_, '_, '_>, schema: &Schema, kind: TypeId) -> Walked {
    let (base, untold) = (tree.levels.len(), tree.is_untold(Turn::Value));
    value(tree, schema, kind)?;
    loop {
        close_ended(tree, schema, base)?;
        if tree.levels.len() == base {
            return Ok(());
        }
        let turn = tree.step()?;
        let Some(level) = tree.levels.last_mut() else { return Ok(()) };
        match (&mut level.extra, turn) {
            (Frame::Items(..), Turn::Key) => {
                let len = length(tree)?;
                let name = tree.take(len)?;
                tree.key(Kind::Text, name, tree.at - name.len()..tree.at)?;
            }
            (Frame::Items(of, block), _) => {
                *block -= 1;
                let of = *of;
                value(tree, schema, of)?;
            }
            (Frame::Record(id), _) => {
                // `step` has counted this field already.
                let (id, index) = (*id, level.index as usize - 1);
                let Some((name, of)) = schema.field(id, index) else { return Ok(()) };
                tree.value_next();
                // A name that leads to nothing told is not needed.
                if !(untold && schema.kind(of).is_scalar()) {
                    tree.walk.path.push_key(name.as_bytes());
                }
                value(tree, schema, of)?;
            }
            (Frame::File, _) => return Ok(()),
        }
    }
}

/// Closes what has ended above `base`, and reads the head of the next block of items.
fn close_ended(tree: &mut State<'_, '_, '_>, schema: &Schema, base: usize) -> Walked {
    while tree.levels.len() > base {
        let Some(level) = tree.levels.last() else { return Ok(()) };
        match level.extra {
            Frame::Items(..) if level.owes_value() => return Ok(()),
            Frame::Items(of, 0) => {
                let count = long(tree)?;
                if count < 0 {
                    // The block's size in bytes follows; it serves those who skip.
                    long(tree)?;
                }
                let named = u64::from(tree.levels.last().is_some_and(|level| level.kind == Container::Map));
                tree.counted(count.unsigned_abs(), named + u64::from(!schema.is_empty(of)))?;
                if count == 0 {
                    tree.exit()?;
                } else if let Some(level) = tree.levels.last_mut() {
                    level.extra = Frame::Items(of, count.unsigned_abs());
                }
            }
            Frame::Record(_) if level.left == 0 && level.turn == Turn::Key => tree.exit()?,
            _ => return Ok(()),
        }
    }
    Ok(())
}

fn value(tree: &mut State<'_, '_, '_>, schema: &Schema, kind: TypeId) -> Walked {
    let start = tree.at;
    match schema.kind(kind) {
        Type::Null => tree.null(Turn::Value, start),
        Type::Boolean => {
            let value = tree.byte()? != 0;
            tree.bool(Turn::Value, value, start)
        }
        Type::Long => {
            let number = long(tree)?;
            tree.int(Turn::Value, number, start)
        }
        Type::Float => {
            let number = f32::from_le_bytes(tree.array()?);
            tree.float(Turn::Value, f64::from(number), start)
        }
        Type::Double => {
            let number = f64::from_le_bytes(tree.array()?);
            tree.float(Turn::Value, number, start)
        }
        kind @ (Type::Bytes | Type::Text) => {
            let len = length(tree)?;
            let bytes = tree.take(len)?;
            let kind = if matches!(kind, Type::Text) { Kind::Text } else { Kind::Binary };
            tree.value(kind, bytes, tree.at - bytes.len()..tree.at)
        }
        Type::Fixed(len) => {
            let bytes = tree.take(*len)?;
            tree.value(Kind::Binary, bytes, tree.at - bytes.len()..tree.at)
        }
        Type::Enum(symbols) => {
            let number = long(tree)?;
            match usize::try_from(number).ok().and_then(|number| symbols.get(number)) {
                Some(symbol) => tree.value(Kind::Text, symbol.as_bytes(), start..tree.at),
                None => Err(tree.invalid(start, "no such symbol")),
            }
        }
        Type::Union(branches) => {
            let number = long(tree)?;
            match usize::try_from(number).ok().and_then(|number| branches.get(number)) {
                // A branch is no union itself: the schema's reader saw to it.
                Some(&branch) => value(tree, schema, branch),
                None => Err(tree.invalid(start, "no such branch")),
            }
        }
        Type::Record(fields) => {
            tree.enter(Turn::Value, Container::Map, fields.len() as u64, start, Frame::Record(kind))
        }
        Type::List(of) => tree.enter(Turn::Value, Container::List, UNCOUNTED, start, Frame::Items(*of, 0)),
        Type::Map(of) => tree.enter(Turn::Value, Container::Map, UNCOUNTED, start, Frame::Items(*of, 0)),
    }
}

/// Data of an unknown schema.
fn framed(tree: &mut State<'_, '_, '_>, head: usize) -> Walked {
    tree.step()?;
    tree.at = head;
    let doc = tree.doc;
    let payload = tree.take((doc.len() - head) as u64)?;
    tree.value(Kind::Binary, payload, head..doc.len())?;
    tree.enter(Turn::Value, Container::List, UNCOUNTED, head, Frame::File)?;
    let (mut at, mut texts) = (head, Texts { doc, control: head, end: head });
    while at < doc.len() {
        tree.at = at;
        let (start, len) = text_after(doc, at);
        at += 1;
        if len >= SHORTEST && texts.hold(start, len) {
            tree.step()?;
            tree.value(Kind::Text, &doc[start..start + len], start..start + len)?;
            at = start + len;
        }
    }
    tree.at = doc.len();
    tree.exit()
}

/// Where text is: each byte is looked at once, however many lengths point over it.
struct Texts<'d> {
    doc: &'d [u8],
    /// The next control character.
    control: usize,
    /// The end of the text that is known of.
    end: usize,
}

impl Texts<'_> {
    /// Whether all of `len` bytes from `start` on are text. Starts must not go back.
    fn hold(&mut self, start: usize, len: usize) -> bool {
        if len > self.doc.len() - start {
            return false;
        }
        if start >= self.end {
            if start >= self.control {
                let rest = self.doc[start..].iter();
                self.control = start + rest.take_while(|&&byte| byte >= 0x20 || b"\t\r\n".contains(&byte)).count();
            }
            let run = &self.doc[start..self.control];
            self.end = start + std::str::from_utf8(run).map_or_else(|error| error.valid_up_to(), str::len);
        }
        let within = |place: usize| self.doc.get(place).is_some_and(|byte| byte & 0xc0 == 0x80);
        start + len <= self.end && !within(start) && (start + len == self.end || !within(start + len))
    }
}

/// A text that stands after its length, of one to four bytes: where it starts, and the length (0 for none).
fn text_after(doc: &[u8], at: usize) -> (usize, usize) {
    let mut number = 0usize;
    for (place, &byte) in doc[at..].iter().take(4).enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return (at + place + 1, if number & 1 == 0 { number >> 1 } else { 0 });
        }
    }
    (at, 0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::leaves;
    use super::*;

    #[test]
    fn framed_data_gives_its_bytes_and_the_texts_in_them() {
        let rows = leaves(&Avro, b"\0\0\0\0\x07\x10<script>\x01");
        assert_eq!(rows, [" binary \\x10<script>\\x01", "[0] <script>"]);
    }

    #[test]
    fn a_schema_that_names_what_it_does_not_define_is_none() {
        assert!(Schema::parse(br#"{"type":"array","items":"Nothing"}"#).is_none());
        assert!(Schema::parse(br#"["null",["null"]]"#).is_none());
        assert!(Schema::parse(b"{").is_none());
    }
}
