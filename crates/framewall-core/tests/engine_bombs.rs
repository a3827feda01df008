//! Little that becomes much: through the whole engine it ends soon, in little memory, with a finding.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use framewall_core::engine::{Attack, Engine, Part, Scratch, Settings};
use framewall_core::formats::Role;

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

/// Some of everything that a rule can be.
const RULES: &str = r#"[
    {"id": "xss.script", "attack": "xss", "score": 5, "literals": ["<"], "confirm": "html"},
    {"id": "sqli.union", "attack": "sqli", "score": 5, "pattern": "(?i)union\\s+select"},
    {"id": "rce.shell", "attack": "rce", "score": 5, "literals": ["[", "{", "`"], "pattern": "[\\[{`]\\w+ [^\\]}`]+[\\]}`]"}
]"#;

fn deep() -> Vec<(&'static str, Vec<u8>)> {
    let thrift =
        [&b"\x80\x01\x00\x01\x00\x00\x00\x03say\x00\x00\x00\x01"[..], &b"\x0c\x00\x01".repeat(MILLION)].concat();
    vec![
        ("json", b"[".repeat(MILLION)),
        ("msgpack", b"\x91".repeat(MILLION)),
        ("cbor", b"\x81".repeat(MILLION)),
        ("bson", [&b"\xff\xff\xff\x7f"[..], &b"\x040\0\xff\xff\xff\x7f".repeat(MILLION / 4)].concat()),
        ("ubjson", b"[".repeat(MILLION)),
        ("bjdata", b"{i\x01a".repeat(MILLION)),
        ("smile", [&b":)\n\x00"[..], &b"\xf8".repeat(MILLION)].concat()),
        ("protobuf", b"\x0b".repeat(MILLION)),
        ("xml", b"<a>".repeat(MILLION)),
        ("yaml", b"[".repeat(MILLION)),
        ("ion", [&b"$ion_1_0 "[..], &b"[".repeat(MILLION)].concat()),
        ("thrift", thrift),
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
    let engine = Engine::from_json(RULES).expect("rules");
    let mut cases = deep();
    cases.push(("ubjson", b"[$Z#L\x00\x00\x00\x00\x2f\xaf\x08\x00".to_vec()));
    cases.push(("auto", b"[$Z#L\x00\x00\x00\x00\x2f\xaf\x08\x00".to_vec()));
    let zipped = gzip(10 << 20);
    assert!(zipped.len() * 1000 < 10 << 20, "{}", zipped.len());
    cases.push(("auto", zipped));
    for (format, data) in cases {
        let head = data[..data.len().min(16)].escape_ascii();
        let before = NOW.load(Ordering::Relaxed);
        MOST.store(before, Ordering::Relaxed);
        let mut soonest = Duration::MAX;
        for _ in 0..3 {
            let started = Instant::now();
            let parts = [Part { bytes: &data, hint: format, role: Role::Value }];
            let report = engine.inspect(&parts, &Settings::default(), &mut Scratch::default());
            soonest = soonest.min(started.elapsed());
            let found = report.findings.iter().any(|finding| finding.attack == Attack::DataBomb);
            assert!(found && report.score >= 5, "{format} {head}: {report:?}");
        }
        let took = MOST.load(Ordering::Relaxed) - before;
        assert!(took <= MEMORY, "{format} {head}: {took} bytes");
        assert!(soonest <= SOON, "{format} {head}: {soonest:?}");
    }
}
