//! The blocks of an Avro container file, as they are or deflated, or packed by Snappy or Zstandard.

use std::io::Read;
use std::ops::Range;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::schema::Schema;
use super::{State, Tree, datum, snappy};
use crate::formats::Kind;
use crate::formats::tree::Walked;
use crate::limits;

const SCRATCH: usize = 16 << 10;
const WINDOW_BITS: u8 = 15;
/// The most that one block may inflate to; writers end a block after some ten kilobytes.
const LONGEST_BLOCK: usize = 2 << 20;

/// How a file's blocks are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Null,
    Deflate,
    Snappy,
    Zstandard,
    /// One that is not read here.
    Other,
}

/// The schema and codec in a metadata map that has been walked.
pub(super) fn header(metadata: &[u8]) -> (Option<Schema>, Codec) {
    let (mut rest, mut schema, mut codec) = (metadata, None, Codec::Null);
    // Entries stand one after another but for the blocks' heads: a count, and where it is negative a size.
    while let Some(count) = long(&mut rest) {
        if count < 0 {
            long(&mut rest);
        }
        for _ in 0..count.unsigned_abs() {
            let (Some(name), Some(value)) = (bytes(&mut rest), bytes(&mut rest)) else { return (schema, codec) };
            match name {
                b"avro.schema" => schema = Schema::parse(value),
                b"avro.codec" => {
                    codec = match value {
                        b"null" | b"" => Codec::Null,
                        b"deflate" => Codec::Deflate,
                        b"snappy" => Codec::Snappy,
                        b"zstandard" => Codec::Zstandard,
                        _ => Codec::Other,
                    }
                }
                _ => {}
            }
        }
    }
    (schema, codec)
}

fn long(rest: &mut &[u8]) -> Option<i64> {
    let mut number = 0u64;
    for shift in (0..70).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift.min(63);
        if byte < 0x80 {
            return Some((number >> 1) as i64 ^ -((number & 1) as i64));
        }
    }
    None
}

fn bytes<'d>(rest: &mut &'d [u8]) -> Option<&'d [u8]> {
    let len = usize::try_from(long(rest)?).ok()?;
    let (bytes, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(bytes)
}

/// The records of one block, which stands at `span`.
pub(super) fn walk(
    tree: &mut State<'_, '_, '_>,
    schema: &Schema,
    codec: Codec,
    count: u64,
    span: Range<usize>,
) -> Walked {
    let doc = tree.doc;
    match codec {
        Codec::Null => {
            let end = std::mem::replace(&mut tree.end, span.end);
            tree.at = span.start;
            records(tree, schema, count)?;
            if tree.at != span.end {
                tree.anomaly("block size is wrong", span.clone())?;
            }
            (tree.at, tree.end) = (span.end, end);
            Ok(())
        }
        Codec::Deflate | Codec::Snappy | Codec::Zstandard => {
            let packed = &doc[span.clone()];
            let inflated = match codec {
                Codec::Snappy => unpacked(tree, snappy::unpack(packed, LONGEST_BLOCK + 1))?,
                Codec::Zstandard => unpacked(tree, zstandard(packed))?,
                _ => inflate(tree, packed)?,
            };
            let levels = std::mem::take(&mut tree.levels);
            let mut inner = Tree::within(&inflated, tree.walk, span, levels);
            let read = records(&mut inner, schema, count);
            let at = inner.at.min(inflated.len());
            let span = inner.place.clone().unwrap_or_default();
            let levels = std::mem::take(&mut inner.levels);
            if read.is_err() && !tree.walk.stopped() {
                let _ = tree.walk.raw(&inflated[at..], span);
            }
            tree.levels = levels;
            read
        }
        Codec::Other => {
            tree.anomaly("codec is not read", span.clone())?;
            tree.value(Kind::Binary, &doc[span.clone()], span)
        }
    }
}

fn records(tree: &mut State<'_, '_, '_>, schema: &Schema, count: u64) -> Walked {
    tree.counted(count, u64::from(!schema.is_empty(schema.root)))?;
    for _ in 0..count {
        tree.step()?;
        datum(tree, schema, schema.root)?;
    }
    Ok(())
}

/// What was unpacked at once, charged; what breaks off is kept as far as it came.
fn unpacked(tree: &mut State<'_, '_, '_>, (out, whole): (Vec<u8>, bool)) -> Walked<Vec<u8>> {
    tree.decoded(out.len())?;
    if out.len() > LONGEST_BLOCK {
        return Err(tree.walk.spent(limits::DECODED_BYTES, tree.at));
    }
    if !whole {
        let at = tree.at;
        tree.anomaly("compressed data is broken", at..at)?;
    }
    Ok(out)
}

fn zstandard(packed: &[u8]) -> (Vec<u8>, bool) {
    let (mut input, mut out) = (packed, Vec::new());
    let whole = match ruzstd::decoding::StreamingDecoder::new(&mut input) {
        Ok(decoder) => decoder.take(LONGEST_BLOCK as u64 + 1).read_to_end(&mut out).is_ok(),
        Err(_) => false,
    };
    (out, whole)
}

/// Raw deflate, charged as it grows; what breaks off is kept as far as it came.
fn inflate(tree: &mut State<'_, '_, '_>, mut packed: &[u8]) -> Walked<Vec<u8>> {
    let (mut inflate, mut out, mut scratch) = (Inflate::new(false, WINDOW_BITS), Vec::new(), vec![0; SCRATCH]);
    loop {
        let (read, made) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(packed, &mut scratch, InflateFlush::NoFlush);
        let (read, made) = ((inflate.total_in() - read) as usize, (inflate.total_out() - made) as usize);
        tree.decoded(made)?;
        out.extend_from_slice(&scratch[..made]);
        if out.len() > LONGEST_BLOCK {
            return Err(tree.walk.spent(limits::DECODED_BYTES, tree.at));
        }
        packed = &packed[read..];
        match status {
            Ok(Status::StreamEnd) => return Ok(out),
            Ok(_) if read > 0 || made > 0 => {}
            _ => {
                let at = tree.at;
                tree.anomaly("deflate data is broken", at..at)?;
                return Ok(out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::avro::Avro;
    use crate::formats::testing::leaves;

    fn file(codec: &[u8], block: &[u8]) -> Vec<u8> {
        let text = |text: &[u8]| [&[(text.len() as u8) << 1][..], text].concat();
        let meta = [text(b"avro.schema"), text(b"\"string\""), text(b"avro.codec"), text(codec)].concat();
        [&b"Obj\x01\x04"[..], &meta, &[0], &[7; 16], &[2], &text(block), &[7; 16]].concat()
    }

    #[test]
    fn blocks_are_unpacked_whatever_packed_them() {
        let snappy = b"\x04\x0c\x06<b>CRC!";
        let zstandard = b"\x28\xb5\x2f\xfd\x20\x04\x21\x00\x00\x06<b>";
        for (codec, block) in [(&b"null"[..], &b"\x06<b>"[..]), (b"snappy", snappy), (b"zstandard", zstandard)] {
            let rows = leaves(&Avro, &file(codec, block));
            assert_eq!(rows.last().map(String::as_str), Some("[0] <b>"), "{rows:?}");
        }
    }
}
