//! Compressed bytes: gzip, zlib, raw deflate, zstd, brotli. Every one stops at what text may come to ([`room`]).

use std::io::Read;

use brotli_decompressor::{
    Allocator, CustomRead, DecompressorCustomIo, IntoIoReader, SliceWrapper, SliceWrapperMut, StandardAlloc,
};
use zlib_rs::{Inflate, InflateFlush, Status};

use super::ByteSet;

/// Bytes made of one compressed text, at most.
const MOST: usize = 4 << 20;
/// Bytes that any compressed text may come to.
const LEAST: usize = 256 << 10;
/// Beyond that, how many times its size; deflate manages 1032, text that people or programs write a tenth of it.
const RATIO: usize = 100;

/// How much is made of a compressed text. What lies beyond is not read.
fn room(compressed: usize) -> usize {
    compressed.saturating_mul(RATIO).clamp(LEAST, MOST)
}

/// Whether an opened text goes on beyond what was made of it; text that was not compressed grows by less.
pub(crate) fn is_cut(text: &[u8], out: &[u8]) -> bool {
    out.len() >= room(text.len())
}

/// Whether the bytes start with a compressor's magic number.
pub fn magic(bytes: &[u8]) -> bool {
    gzip_magic(bytes) || zlib_magic(bytes) || zstd_magic(bytes)
}

fn gzip_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08") && bytes.len() >= 18
}

fn zlib_magic(bytes: &[u8]) -> bool {
    bytes.len() >= 8
        && bytes[0] & 0x8f == 0x08
        && (u16::from(bytes[0]) << 8 | u16::from(bytes[1])) % 31 == 0
        && bytes[1] & 0x20 == 0
}

fn zstd_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x28\xb5\x2f\xfd")
}

pub fn gzip_needs(_: &ByteSet, text: &[u8]) -> bool {
    gzip_magic(text)
}

/// gzip (RFC 1952), first member.
pub fn gzip(text: &[u8], out: &mut Vec<u8>) -> bool {
    inflate(text, true, 16 + 15, out)
}

pub fn zlib_needs(set: &ByteSet, text: &[u8]) -> bool {
    (set.beyond_ascii() || set.controls()) && zlib_magic(text)
}

/// zlib (RFC 1950).
pub fn zlib(text: &[u8], out: &mut Vec<u8>) -> bool {
    inflate(text, true, 15, out)
}

pub fn deflate_needs(set: &ByteSet, text: &[u8]) -> bool {
    text.len() >= 8 && set.beyond_ascii() && set.controls() && !magic(text)
}

/// Raw deflate (RFC 1951): no magic, so only a stream that ends cleanly and gives text counts.
pub fn deflate(text: &[u8], out: &mut Vec<u8>) -> bool {
    inflate(text, false, 15, out) && super::meant(out)
}

/// What came out before an error counts too: an attacker may cut the checksum off.
fn inflate(body: &[u8], header: bool, window_bits: u8, out: &mut Vec<u8>) -> bool {
    let mut stream = Inflate::new(header, window_bits);
    let most = room(body.len());
    let mut size = body.len().saturating_mul(4).clamp(1024, most);
    loop {
        let (read, written) = (stream.total_in() as usize, stream.total_out() as usize);
        out.resize(size, 0);
        let status = stream.decompress(&body[read..], &mut out[written..], InflateFlush::NoFlush);
        let full = stream.total_out() as usize == size;
        if !matches!(status, Ok(Status::Ok | Status::BufError)) || !full || size == most {
            break;
        }
        size = (size * 4).min(most);
    }
    out.truncate(stream.total_out() as usize);
    !out.is_empty()
}

pub fn zstd_needs(_: &ByteSet, text: &[u8]) -> bool {
    zstd_magic(text)
}

/// Zstandard (RFC 8878).
pub fn zstd(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut input = text;
    match ruzstd::decoding::StreamingDecoder::new(&mut input) {
        Ok(decoder) => pour(decoder, room(text.len()), out),
        Err(_) => false,
    }
}

pub fn brotli_needs(set: &ByteSet, text: &[u8]) -> bool {
    text.len() >= 8 && (set.beyond_ascii() || set.controls()) && std::str::from_utf8(text).is_err() && !magic(text)
}

/// Brotli (RFC 7932): no magic, so only output that was meant counts.
pub fn brotli(text: &[u8], out: &mut Vec<u8>) -> bool {
    let io = |error| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
    let mut reader = DecompressorCustomIo::new(
        IntoIoReader(text),
        Fresh::of(4096),
        Fresh::default(),
        StandardAlloc::default(),
        StandardAlloc::default(),
        io("no brotli"),
    );
    let most = room(text.len());
    while out.len() < most {
        let start = out.len();
        out.resize(most.min(start + 4096), 0);
        // An error at the end does not unmake what was read.
        let read = CustomRead::read(&mut reader, &mut out[start..]).unwrap_or(0);
        out.truncate(start + read);
        if read == 0 {
            break;
        }
    }
    !out.is_empty() && super::meant(out)
}

/// Memory for brotli's window, of up to 16 MiB as a few bytes ask for it: what it does not use is not to be cleared.
#[derive(Default)]
struct Fresh {
    memory: Vec<u8>,
    length: usize,
}

impl Fresh {
    /// From this length on an allocator clears nothing, but maps pages that are clear and are not there until used.
    const MAPPED: usize = 33 << 20;

    fn of(length: usize) -> Fresh {
        Fresh { memory: vec![0; if length < LEAST { length } else { length.max(Fresh::MAPPED) }], length }
    }
}

impl SliceWrapper<u8> for Fresh {
    fn slice(&self) -> &[u8] {
        &self.memory[..self.length]
    }
}

impl SliceWrapperMut<u8> for Fresh {
    fn slice_mut(&mut self) -> &mut [u8] {
        &mut self.memory[..self.length]
    }
}

impl Allocator<u8> for Fresh {
    type AllocatedMemory = Fresh;

    fn alloc_cell(&mut self, length: usize) -> Fresh {
        Fresh::of(length)
    }

    fn free_cell(&mut self, _: Fresh) {}
}

fn pour(reader: impl Read, most: usize, out: &mut Vec<u8>) -> bool {
    // An error at the end does not unmake what was read.
    let _ = reader.take(most as u64).read_to_end(out);
    !out.is_empty()
}
