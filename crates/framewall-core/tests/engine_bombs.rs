//! Little that becomes much: through the whole engine and its own rules it ends soon, in little memory, with a finding.
//! `tests/unit/formats/test_bombs.py` holds the shared vectors to the time of a release build.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use framewall_core::engine::{Attack, Engine, Part, Scratch, Settings};
use framewall_core::formats::Role;

mod builtin;
mod clock;

use clock::spent;

/// Asks the system, and counts.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it came; only sizes are counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as for the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as for the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MILLION: usize = 1_000_000;
const MEMORY: usize = 8 << 20;
const SOON: Duration = Duration::from_millis(if cfg!(debug_assertions) { 400 } else { 20 });

/// Messages inside one another, each with its length before it: written from the inside out.
fn sized(levels: usize, head: impl Fn(usize, &mut Vec<u8>)) -> Vec<u8> {
    let mut reversed = Vec::new();
    let mut piece = Vec::new();
    for _ in 0..levels {
        piece.clear();
        head(reversed.len(), &mut piece);
        reversed.extend(piece.iter().rev());
    }
    reversed.reverse();
    reversed
}

fn varint(mut number: usize, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push(number as u8 & 0x7f | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Ion's: the most significant group first, the last one marked.
fn var_uint(number: usize, out: &mut Vec<u8>) {
    let groups = (1..10).find(|groups| number >> (7 * groups) == 0).unwrap_or(10);
    for group in (0..groups).rev() {
        out.push((number >> (7 * group)) as u8 & 0x7f | if group == 0 { 0x80 } else { 0 });
    }
}

/// A container file whose schema refers to itself.
fn avro(levels: usize) -> Vec<u8> {
    let schema = br#"{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]}"#;
    let text = |text: &[u8], out: &mut Vec<u8>| {
        varint(text.len() << 1, out);
        out.extend(text);
    };
    let mut out = b"Obj\x01\x02".to_vec();
    text(b"avro.schema", &mut out);
    text(schema, &mut out);
    out.push(0);
    out.extend([7; 16]);
    out.push(2);
    text(&b"\x02".repeat(levels), &mut out);
    out.extend([7; 16]);
    out
}

/// Vectors of one element, each the one before it.
fn flexbuffers(levels: usize) -> Vec<u8> {
    let mut out = vec![0, 0];
    for _ in 0..levels {
        // Size 1, an offset to the vector before, whose type is a vector of bytes' width.
        out.extend([1, 3, 10 << 2]);
    }
    out.extend([2, 10 << 2, 1]);
    out
}

/// Every format in which things stand inside one another, as deep as a message may be long.
fn deep() -> Vec<(&'static str, Vec<u8>)> {
    let thrift = b"\x80\x01\x00\x01\x00\x00\x00\x03say\x00\x00\x00\x01";
    let length = |len: usize| i32::try_from(len).expect("short").to_le_bytes();
    vec![
        ("json", b"[".repeat(MILLION)),
        ("json", br#"{"a":"#.repeat(MILLION / 2)),
        ("msgpack", b"\x91".repeat(MILLION)),
        ("msgpack", b"\x81\xa1a".repeat(MILLION)),
        ("cbor", b"\x81".repeat(MILLION)),
        ("cbor", b"\x9f".repeat(MILLION)),
        ("cbor", b"\xbf\x61a".repeat(MILLION)),
        ("cbor", b"\xc6".repeat(MILLION)),
        ("bson", [&b"\xff\xff\xff\x7f"[..], &b"\x040\0\xff\xff\xff\x7f".repeat(MILLION / 4)].concat()),
        (
            "bson",
            [
                sized(MILLION / 4, |inner, out| {
                    out.extend(length(inner + 12));
                    out.extend(b"\x03a\0");
                }),
                vec![5, 0, 0, 0],
                vec![0; MILLION / 4],
            ]
            .concat(),
        ),
        ("ubjson", b"[".repeat(MILLION)),
        ("ubjson", b"{i\x01a".repeat(MILLION)),
        ("bjdata", b"{i\x01a".repeat(MILLION)),
        ("smile", [&b":)\n\x00"[..], &b"\xf8".repeat(MILLION)].concat()),
        ("smile", [&b":)\n\x00"[..], &b"\xfa\x80a".repeat(MILLION)].concat()),
        ("protobuf", b"\x0b".repeat(MILLION)),
        ("protobuf", [&b"\x12\x02hi"[..], &b"\x0b".repeat(MILLION)].concat()),
        (
            "protobuf",
            sized(MILLION / 2, |inner, out| {
                out.push(0x0a);
                varint(inner, out);
            }),
        ),
        ("flexbuffers", flexbuffers(MILLION)),
        ("avro", avro(MILLION)),
        ("xml", b"<a>".repeat(MILLION)),
        ("yaml", b"[".repeat(MILLION)),
        ("yaml", [&b"a:\n  "[..], &b"- ".repeat(MILLION)].concat()),
        ("yaml", [&b"---\n"[..], &b"- ".repeat(MILLION)].concat()),
        ("yaml", [&b"a: "[..], &b"{a: ".repeat(MILLION)].concat()),
        ("yaml", [&b"--- "[..], &b"[".repeat(MILLION)].concat()),
        ("ion", [&b"$ion_1_0 "[..], &b"[".repeat(MILLION)].concat()),
        ("ion", [&b"$ion_1_0 "[..], &b"{a:".repeat(MILLION)].concat()),
        (
            "ion",
            [
                b"\xe0\x01\x00\xea".to_vec(),
                sized(MILLION / 2, |inner, out| {
                    out.push(0xbe);
                    var_uint(inner, out);
                }),
            ]
            .concat(),
        ),
        ("thrift", [&thrift[..], &b"\x0c\x00\x01".repeat(MILLION)].concat()),
        ("thrift", [&b"\x82\x21\x01\x03say"[..], &b"\x1c".repeat(MILLION)].concat()),
    ]
}

fn gzip(size: usize) -> Vec<u8> {
    // A stored header and raw deflate of zeros: what every compressor makes of them, in the shortest form.
    let mut encoder = zlib_rs::Deflate::new(9, false, 15);
    let (mut body, data) = (vec![0; size / 500 + 64], vec![0; size]);
    encoder.compress(&data, &mut body, zlib_rs::DeflateFlush::Finish).expect("room");
    body.truncate(encoder.total_out() as usize);
    let mut out = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    out.write_all(&body).expect("a vector");
    out.extend([0; 4]);
    out.extend((size as u32).to_le_bytes());
    out
}

// One test: the allocator's figures are the whole process's.
#[test]
fn a_bomb_ends_soon_in_little_memory_with_a_finding() {
    let engine = builtin::engine();
    let mut cases = deep();
    cases.push(("ubjson", b"[$Z#L\x00\x00\x00\x00\x2f\xaf\x08\x00".to_vec()));
    let zipped = gzip(10 << 20);
    assert!(zipped.len() * 1000 < 10 << 20, "{}", zipped.len());
    cases.push(("auto", zipped));
    for (format, data) in &cases {
        for hint in [format, "auto"] {
            holds(&engine, data, hint, &format!("{format} as {hint}: {}", data[..data.len().min(16)].escape_ascii()));
        }
    }
}

fn holds(engine: &Engine, data: &[u8], hint: &str, case: &str) {
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let mut soonest = Duration::MAX;
    // Others may be using the machine.
    for _ in 0..12 {
        let started = spent();
        let parts = [Part { bytes: data, hint, role: Role::Value }];
        let report = engine.inspect(&parts, &Settings::default(), &mut Scratch::default());
        soonest = soonest.min(spent() - started);
        let found = report.findings.iter().any(|finding| finding.attack == Attack::DataBomb);
        assert!(found && report.score >= 5, "{case}: {report:?}");
        if soonest <= SOON {
            break;
        }
    }
    let took = MOST.load(Ordering::Relaxed) - before;
    assert!(took <= MEMORY, "{case}: {took} bytes");
    assert!(soonest <= SOON, "{case}: {soonest:?}");
}
