//! The shared vectors of the data formats (`vectors/formats/`), run against every registered walker.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use framewall_core::formats::{
    self, Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Role, Segment, Sink,
};
use serde_json::{Value, json};

/// Time that one hostile document may take, generous for a debug build on a busy machine.
const HOSTILE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 20 });

#[test]
fn golden_documents_give_exactly_their_leaves() {
    each("golden", |format, case| {
        let data = base64(&case["data_b64"]);
        let seen = Seen::walk(format, &data);
        assert_eq!(seen.outcome, Some(Outcome::Complete { consumed: data.len() }), "{:?}", seen.leaves);
        assert_eq!(seen.anomalies, case.get("anomalies").map_or(vec![], strings), "anomalies");
        let wanted = case["leaves"].as_array().expect("leaves");
        for (place, (found, wanted)) in seen.leaves.iter().zip(wanted).enumerate() {
            assert!(same(found, wanted), "leaf {place}: found {found}, wanted {wanted}");
        }
        assert_eq!(seen.leaves.len(), wanted.len(), "more or fewer leaves: {:#?}", seen.leaves);
    });
}

#[test]
fn hostile_documents_end_soon_and_are_told() {
    each("hostile", |format, case| {
        let mut data = Vec::new();
        for piece in case["data"].as_array().expect("data") {
            data.extend(
                base64(&piece["b64"]).repeat(piece.get("times").map_or(1, |times| times.as_u64().unwrap() as usize)),
            );
        }
        // Others may be using the machine.
        let mut tries = (0..5).map(|_| {
            let start = Instant::now();
            (Seen::walk(format, &data), start.elapsed())
        });
        let Some((seen, _)) = tries.find(|(_, took)| *took < HOSTILE) else { panic!("took more than {HOSTILE:?}") };
        let name = outcome_name(seen.outcome.expect("an outcome"));
        assert!(strings(&case["outcome"]).contains(&name.to_owned()), "{:?} {:?}", seen.outcome, seen.anomalies);
        if let Some(anomaly) = case.get("anomaly").and_then(Value::as_str) {
            assert!(seen.anomalies.iter().any(|name| name == anomaly), "{:?}", seen.anomalies);
        }
        for text in case.get("contains").map_or(vec![], strings) {
            let holds = |bytes: &Vec<u8>| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(seen.bytes.iter().any(holds), "no leaf holds {text:?}");
        }
    });
}

#[test]
fn documents_cut_anywhere_hide_nothing() {
    each("truncated", |format, case| {
        let whole = base64(&case["data_b64"]);
        let ends_itself = case.get("ends_itself").and_then(Value::as_bool).unwrap_or(false);
        let seen = Seen::walk(format, &whole);
        assert!(matches!(seen.outcome, Some(Outcome::Complete { .. })), "whole: {:?}", seen.outcome);
        for cut in 0..whole.len() {
            let seen = Seen::walk(format, &whole[..cut]);
            let outcome = seen.outcome.expect("an outcome");
            if ends_itself {
                assert!(!matches!(outcome, Outcome::Complete { .. }), "cut at {cut} is whole: {:?}", seen.leaves);
            }
            if !matches!(outcome, Outcome::Complete { .. }) {
                // Marks, and names repeated from a leaf (an end tag's), need not be given again.
                let rest = whole[seen.end..cut].split(|byte| !byte.is_ascii_alphanumeric());
                for word in rest.filter(|word| word.len() > 2) {
                    let told = seen.bytes.iter().any(|bytes| bytes.windows(word.len()).any(|window| window == word));
                    assert!(told, "cut at {cut}: {} is hidden", word.escape_ascii());
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

fn same(found: &Value, wanted: &Value) -> bool {
    let equal = |name: &str| found[name] == wanted[name];
    let content = match (wanted.get("text"), wanted.get("b64")) {
        (Some(text), _) => found.get("text") == Some(text),
        (None, Some(b64)) => found["hex"] == json!(hex(&base64(b64))),
        (None, None) => true,
    };
    equal("path") && equal("role") && equal("kind") && content
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

/// Everything a walk told, held to what every walker owes: spans inside, paths restored, containers closed.
#[derive(Default)]
struct Seen {
    leaves: Vec<Value>,
    bytes: Vec<Vec<u8>>,
    anomalies: Vec<String>,
    outcome: Option<Outcome>,
    open: i64,
    /// End of the furthest leaf.
    end: usize,
    length: usize,
}

impl Seen {
    fn walk(format: &dyn Format, data: &[u8]) -> Seen {
        let mut seen = Seen { length: data.len(), ..Seen::default() };
        let mut path = Path::new();
        seen.outcome = Some(format.walk(data, &mut path, &mut Budget::default(), &mut seen));
        assert!(path.is_empty(), "the path was not put back");
        assert!(seen.open == 0 || !matches!(seen.outcome, Some(Outcome::Complete { .. })), "containers left open");
        seen
    }
}

impl Sink for Seen {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        assert!(leaf.span.start <= leaf.span.end && leaf.span.end <= self.length, "span {:?}", leaf.span);
        self.end = self.end.max(leaf.span.end);
        self.bytes.push(leaf.bytes.to_vec());
        if self.leaves.len() < 10_000 {
            let path: Vec<Value> = leaf.path.iter().map(segment).collect();
            let role = if leaf.role == Role::Key { "key" } else { "value" };
            let kind = match leaf.kind {
                Kind::Text => "text",
                Kind::Number => "number",
                Kind::Bool => "bool",
                Kind::Null => "null",
                Kind::Binary => "binary",
                Kind::Extension => "extension",
                Kind::Code => "code",
                Kind::Raw => "raw",
            };
            let mut row = json!({"path": path, "role": role, "kind": kind});
            match std::str::from_utf8(leaf.bytes) {
                Ok(text) => row["text"] = json!(text),
                Err(_) => row["text"] = Value::Null,
            }
            row["hex"] = json!(hex(&leaf.bytes[..leaf.bytes.len().min(4096)]));
            self.leaves.push(row);
        }
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()> {
        assert!(span.start <= span.end && span.end <= self.length, "anomaly at {span:?}");
        self.anomalies.push(match anomaly {
            Anomaly::Limit(limit) => limit.name.to_owned(),
            Anomaly::Structure(name) => name.to_owned(),
        });
        ControlFlow::Continue(())
    }

    fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
        self.open += 1;
        ControlFlow::Continue(())
    }

    fn exit(&mut self, _path: &Path, _kind: Container, span: Range<usize>) -> ControlFlow<()> {
        assert!(span.start <= span.end && span.end <= self.length, "container at {span:?}");
        self.open -= 1;
        ControlFlow::Continue(())
    }
}

fn segment(segment: Segment<'_>) -> Value {
    match segment {
        Segment::Key(key) => json!(String::from_utf8_lossy(key)),
        Segment::Index(index) => json!(index),
    }
}
