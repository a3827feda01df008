//! What the vectors hold is recognised by its bytes alone: benign documents, and the bombs among the hostile ones.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use framewall_core::formats::sniff;
use serde_json::Value;

const BINARY: [&str; 11] =
    ["msgpack", "cbor", "bson", "ubjson", "bjdata", "smile", "protobuf", "flexbuffers", "avro", "ion", "thrift"];

fn cases(format: &str, file: &str) -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/formats").join(format);
    let text = std::fs::read_to_string(folder.join(file).with_extension("json")).expect("a vector file");
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let cases = vectors["cases"].as_array().expect("cases").clone();
    assert!(!cases.is_empty(), "{format}/{file} has no case");
    cases
}

fn decode(text: &Value) -> Vec<u8> {
    STANDARD.decode(text.as_str().expect("text")).expect("base64")
}

/// A case's document: given whole, or in pieces of which some repeat.
fn document(case: &Value) -> Vec<u8> {
    let Some(pieces) = case.get("data").and_then(Value::as_array) else { return decode(&case["data_b64"]) };
    let times = |piece: &Value| piece.get("times").and_then(Value::as_u64).unwrap_or(1) as usize;
    pieces.iter().flat_map(|piece| decode(&piece["b64"]).repeat(times(piece))).collect()
}

fn is_read_as(bytes: &[u8], format: &str) -> bool {
    sniff::readings(bytes, "auto").iter().any(|reading| reading.name() == format)
}

#[test]
fn every_golden_document_is_read_as_what_it_is() {
    let all = BINARY.iter().flat_map(|&format| cases(format, "golden").into_iter().map(move |case| (format, case)));
    // Of a few it is written that their bytes alone do not tell.
    let told = |case: &Value| case.get("sniffed").is_none_or(|told| *told == true);
    let wrong: Vec<String> = all
        .filter(|(format, case)| is_read_as(&document(case), format) != told(case))
        .map(|(format, case)| format!("{format}: {}", case["name"]))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_bomb_is_read_as_what_it_is_or_by_one_who_sees_it_too() {
    for format in BINARY {
        for case in cases(format, "hostile").iter().filter(|case| case["outcome"][0] == "exhausted") {
            let bytes = document(case);
            // Brackets in text are as deep in JSON.
            let read = is_read_as(&bytes, format) || format == "ion" && is_read_as(&bytes, "json");
            assert!(read, "{format}: {}", case["name"]);
        }
    }
}
