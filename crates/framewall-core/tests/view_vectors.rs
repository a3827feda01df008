//! The shared vectors of the views (`vectors/views/`), run against every registered view.

use framewall_core::engine::views::{self, ByteSet, View};
use serde_json::Value;

#[test]
fn every_view_has_cases_and_they_hold() {
    let mut broken = Vec::new();
    for view in views::ALL {
        let cases = cases(view.name);
        for (kind, any) in [("made", cases.iter().any(|case| case.output.is_some())), ("refused", cases.len() > 1)] {
            assert!(any, "{}: no case of a form {kind}", view.name);
        }
        for case in cases {
            let made = form(view, &case.input);
            if made != case.output {
                let [made, wanted] = [made, case.output].map(|text| text.map(|text| text.escape_ascii().to_string()));
                broken.push(format!("{}: {}: {made:?}, not {wanted:?}", view.name, case.name));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_file_is_of_a_registered_view() {
    let files = std::fs::read_dir(folder()).expect("vectors").map(|file| file.expect("a file").path());
    let names: Vec<_> = files.filter(|file| file.extension().is_some_and(|end| end == "json")).collect();
    assert_eq!(names.len(), views::ALL.len());
    for file in names {
        let stem = file.file_stem().expect("a name").to_str().expect("UTF-8").to_owned();
        assert!(views::ALL.iter().any(|view| view.name == stem), "{stem} is no view");
    }
}

/// What the engine would judge: a form, if there is one and it is no other than the text.
fn form(view: &View, text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let made = (view.needs)(&ByteSet::of(text), text) && view.make(text, &mut out, &mut Vec::new());
    made.then_some(out)
}

struct Case {
    name: String,
    input: Vec<u8>,
    output: Option<Vec<u8>>,
}

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/views")
}

fn cases(view: &str) -> Vec<Case> {
    let file = folder().join(format!("{view}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let cases = document["cases"].as_array().expect("cases");
    assert!(!cases.is_empty(), "{view}: no cases");
    cases
        .iter()
        .map(|case| Case {
            name: case["name"].as_str().expect("a name").into(),
            input: bytes(case, "input").expect("an input"),
            output: bytes(case, "output"),
        })
        .collect()
}

fn bytes(case: &Value, name: &str) -> Option<Vec<u8>> {
    if let Some(text) = case[name].as_str() {
        return Some(text.as_bytes().to_vec());
    }
    case[format!("{name}_b64")].as_str().map(base64)
}

/// Written out here: the view under test is not asked to read its own vectors.
fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0u32, |bits, byte| {
            bits << 6 | ALPHABET.iter().position(|digit| digit == byte).expect("base64") as u32
        }) << (6 * (4 - four.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    out
}
