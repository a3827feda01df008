#![no_main]
//! Messages of any bytes, under any hint, through the built-in rules: no panic, findings inside their part, on time.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use framewall_core::engine::{Attack, Engine, Part, Scratch, Settings};
use framewall_core::formats::Role;
use libfuzzer_sys::fuzz_target;

#[path = "../../framewall-core/tests/builtin/mod.rs"]
mod builtin;

static ENGINE: LazyLock<Engine> = LazyLock::new(builtin::engine);

#[rustfmt::skip]
const HINTS: [&str; 16] = [
    "auto", "text", "json", "form", "xml", "yaml", "msgpack", "cbor", "bson", "ubjson", "smile", "multipart", "csv",
    "jwt", "protobuf", "no such format",
];
/// Between two parts.
const CUT: u8 = 0xfe;
/// Far more than any input of a fuzzer needs, instrumented and on a busy machine.
const ALLOWED: Duration = Duration::from_secs(5);

fuzz_target!(|data: &[u8]| {
    let [choice, looks, rest @ ..] = data else { return };
    let parts: Vec<Part<'_>> = rest
        .split(|byte| *byte == CUT)
        .enumerate()
        .map(|(at, bytes)| Part {
            bytes,
            hint: HINTS[(usize::from(*choice) + at) % HINTS.len()],
            role: if (looks >> (at % 4)) & 1 == 1 { Role::Key } else { Role::Value },
        })
        .collect();
    let mut settings = Settings { sensitivity: 1 + (looks >> 4) % 3, code: looks & 0x80 != 0, ..Settings::default() };
    if looks & 0x40 != 0 {
        settings.classes = Attack::ALL.iter().fold(settings.classes, |all, attack| all.with(*attack));
    }
    let began = Instant::now();
    let report = ENGINE.inspect(&parts, &settings, &mut Scratch::default());
    assert!(began.elapsed() < ALLOWED, "{:?} for {} bytes", began.elapsed(), data.len());
    for finding in &report.findings {
        let part = parts.get(finding.part).expect("a part that was given");
        if let Some(span) = &finding.span {
            assert!(span.start <= span.end && span.end <= part.bytes.len(), "{finding:?}");
        }
    }
});
