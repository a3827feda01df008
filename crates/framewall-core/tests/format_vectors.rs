//! The shared vectors of the data formats (`vectors/formats/`), run against every registered walker.

use std::path::PathBuf;
use std::time::Duration;

use framewall_core::formats::{
    self, Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Role, Segment, Sink,
};
use serde_json::{Value, json};

mod clock;
#[path = "../src/formats/testing.rs"]
#[allow(dead_code, reason = "the tests of the walkers read more of it")]
mod testing;

use clock::spent;
use testing::{Row, kind_name, walk};

/// Time of this thread that one hostile document may take, generous for a debug build.
const HOSTILE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 20 });

#[test]
fn golden_documents_give_exactly_their_leaves() {
    each("golden", |format, case| {
        let data = document(case);
        let (notes, outcome) = walk(format, &data);
        assert_eq!(outcome, Outcome::Complete { consumed: data.len() }, "{:?}", notes.lines);
        assert_eq!(notes.anomalies, case.get("anomalies").map_or(vec![], strings), "anomalies");
        let wanted = case["leaves"].as_array().expect("leaves");
        for (place, (found, wanted)) in notes.rows.iter().zip(wanted).enumerate() {
            assert!(same(found, wanted), "leaf {place}: wanted {wanted}, found {:#?}", notes.lines);
        }
        assert_eq!(notes.rows.len(), wanted.len(), "more or fewer leaves: {:#?}", notes.lines);
    });
}

#[test]
fn hostile_documents_end_soon_and_are_told() {
    each("hostile", |format, case| {
        let data = document(case);
        // Others may be using the machine.
        let mut tries = (0..5).map(|_| {
            let start = spent();
            (walk(format, &data), spent() - start)
        });
        let Some(((notes, outcome), _)) = tries.find(|(_, took)| *took < HOSTILE) else {
            panic!("took more than {HOSTILE:?}")
        };
        let name = outcome_name(outcome);
        assert!(strings(&case["outcome"]).contains(&name.to_owned()), "{outcome:?} {:?}", notes.anomalies);
        if let Some(anomaly) = case.get("anomaly").and_then(Value::as_str) {
            assert!(notes.anomalies.contains(&anomaly), "{:?}", notes.anomalies);
        }
        for text in case.get("contains").map_or(vec![], strings) {
            assert!(notes.holds(text.as_bytes()), "no leaf holds {text:?}");
        }
    });
}

#[test]
fn documents_cut_anywhere_hide_nothing() {
    each("truncated", |format, case| {
        let whole = base64(&case["data_b64"]);
        let ends_itself = case.get("ends_itself").and_then(Value::as_bool).unwrap_or(false);
        let (_, outcome) = walk(format, &whole);
        assert!(matches!(outcome, Outcome::Complete { .. }), "whole: {outcome:?}");
        for cut in 0..whole.len() {
            let (notes, outcome) = walk(format, &whole[..cut]);
            if ends_itself {
                assert!(!matches!(outcome, Outcome::Complete { .. }), "cut at {cut} is whole: {:?}", notes.lines);
            }
            if !matches!(outcome, Outcome::Complete { .. }) {
                // Marks, and names repeated from a leaf (an end tag's), need not be given again.
                let rest = whole[notes.end..cut].split(|byte| !byte.is_ascii_alphanumeric());
                for word in rest.filter(|word| word.len() > 2) {
                    assert!(notes.holds(word), "cut at {cut}: {} is hidden", word.escape_ascii());
                }
            }
        }
    });
}

#[test]
fn every_format_has_vectors() {
    for format in formats::ALL {
        for file in ["golden", "hostile", "truncated"] {
            let path = folder().join(format.name()).join(file).with_extension("json");
            assert!(path.exists(), "{} is missing", path.display());
        }
    }
}

/// Runs every case of a file of every format; fails with all that went wrong, and where there was nothing to run.
fn each(file: &str, run: impl Fn(&dyn Format, &Value) + std::panic::RefUnwindSafe) {
    let mut ran = 0;
    let mut failed = Vec::new();
    for &format in formats::ALL {
        let path = folder().join(format.name()).join(file).with_extension("json");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let vectors: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let cases = vectors["cases"].as_array().filter(|cases| !cases.is_empty());
        let Some(cases) = cases else { panic!("{} has no case", path.display()) };
        for case in cases {
            ran += 1;
            let format = std::panic::AssertUnwindSafe(format);
            if std::panic::catch_unwind(|| run(*format, case)).is_err() {
                failed.push(format!("{}/{file}: {}", format.name(), case["name"]));
            }
        }
    }
    assert!(ran > 0, "no {file} case ran");
    assert!(failed.is_empty(), "{} of {ran} failed: {failed:#?}", failed.len());
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/formats")
}

/// A case's document: given whole, or in pieces of which some repeat.
fn document(case: &Value) -> Vec<u8> {
    let Some(pieces) = case.get("data") else { return base64(&case["data_b64"]) };
    pieces.as_array().expect("data").iter().flat_map(|piece| base64(&piece["b64"]).repeat(times(piece))).collect()
}

/// How often a piece or a leaf's text stands there.
fn times(of: &Value) -> usize {
    of.get("times").map_or(1, |times| times.as_u64().expect("a count") as usize)
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().expect("a list").iter().map(|text| text.as_str().expect("text").to_owned()).collect()
}

fn base64(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("base64");
    let (mut bits, mut have, mut out) = (0u32, 0, Vec::new());
    for byte in text.bytes().take_while(|&byte| byte != b'=') {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let six = alphabet.iter().position(|&letter| letter == byte).expect("base64") as u32;
        (bits, have) = (bits << 6 | six, have + 6);
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
            bits &= (1 << have) - 1;
        }
    }
    out
}

fn same(found: &Row, wanted: &Value) -> bool {
    let path: Vec<Value> = found.path.iter().map(segment).collect();
    let role = if found.role == Role::Key { "key" } else { "value" };
    let content = match (wanted.get("text"), wanted.get("b64"), wanted.get("float")) {
        (Some(text), ..) => found.bytes == text.as_str().expect("text").repeat(times(wanted)).as_bytes(),
        (None, Some(b64), _) => found.bytes == base64(b64),
        (None, None, Some(float)) => is_float(&found.bytes, float.as_str().expect("a number")),
        (None, None, None) => true,
    };
    wanted["path"] == json!(path) && wanted["role"] == role && wanted["kind"] == kind_name(found.kind) && content
}

/// Whether a number's literal, whatever its form, is this one (to the sign of its zero), or both are none.
fn is_float(found: &[u8], wanted: &str) -> bool {
    let wanted: f64 = wanted.parse().expect("a number");
    let found = std::str::from_utf8(found).ok().and_then(|found| found.parse::<f64>().ok());
    found.is_some_and(|found| found.to_bits() == wanted.to_bits() || found.is_nan() && wanted.is_nan())
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Complete { .. } => "complete",
        Outcome::Invalid { .. } => "invalid",
        Outcome::Truncated => "truncated",
        Outcome::Exhausted(_) => "exhausted",
        Outcome::Stopped => "stopped",
    }
}

fn segment(segment: Segment<'_>) -> Value {
    match segment {
        Segment::Key(key) => json!(String::from_utf8_lossy(key)),
        Segment::Index(index) => json!(index),
    }
}
