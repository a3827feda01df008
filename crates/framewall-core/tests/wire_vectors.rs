//! Runs `vectors/wire/*.json`: every case in several chunkings, through the reader and the boundary tracker.

use std::path::Path;

use framewall_core::wire::boundary::Boundary;
use framewall_core::wire::frame::Opcode;
use framewall_core::wire::handshake::{ClientHandshake, HandshakeError, Negotiated, Offer};
use framewall_core::wire::tunnel::{Inbound, Unit};
use framewall_core::wire::{Deflate, Side, WireError, WireLimits};
use serde_json::Value;

fn cases(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/wire").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut file: Value = serde_json::from_str(&text).expect("JSON");
    let Value::Array(cases) = file["cases"].take() else { panic!("no cases in {}", path.display()) };
    assert!(!cases.is_empty(), "no cases in {}", path.display());
    cases
}

fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "half a byte in {text}");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => hex(text),
        Value::Array(parts) => parts.iter().flat_map(bytes).collect(),
        Value::Object(part) => hex(part["hex"].as_str().unwrap()).repeat(part["times"].as_u64().unwrap() as usize),
        other => panic!("not bytes: {other}"),
    }
}

fn deflate(value: &Value) -> Deflate {
    let flag = |name: &str| value[name].as_bool().unwrap_or(false);
    let bits = |name: &str| value[name].as_u64().unwrap_or(15) as u8;
    Deflate {
        server_no_context_takeover: flag("server_no_context_takeover"),
        client_no_context_takeover: flag("client_no_context_takeover"),
        server_max_window_bits: bits("server_max_window_bits"),
        client_max_window_bits: bits("client_max_window_bits"),
    }
}

fn negotiated(value: &Value) -> Negotiated {
    Negotiated {
        subprotocol: value["subprotocol"].as_str().map(str::to_owned),
        deflate: value.get("deflate").map(deflate),
    }
}

fn limits(value: &Value) -> WireLimits {
    let default = WireLimits::default();
    let limit = |name: &str, default| value["limits"][name].as_u64().unwrap_or(default);
    WireLimits {
        message_bytes: limit("message_bytes", default.message_bytes),
        message_frames: limit("message_frames", default.message_frames),
    }
}

fn side(value: &Value) -> Side {
    match value.as_str() {
        Some("client") => Side::Client,
        Some("server") => Side::Server,
        other => panic!("no side: {other:?}"),
    }
}

struct Outcome {
    units: Vec<Unit>,
    error: Option<WireError>,
    discarded: u64,
    unfinished: bool,
}

fn read(case: &Value, wire: &[u8], chunk: usize) -> Outcome {
    let mut reader = Inbound::new(side(&case["sender"]), &negotiated(case), limits(case));
    let (mut units, mut error) = (Vec::new(), None);
    for chunk in wire.chunks(chunk) {
        reader.receive(chunk);
        loop {
            match reader.next() {
                Ok(Some(unit)) => units.push(unit),
                Ok(None) => break,
                Err(found) => {
                    error = Some(found);
                    break;
                }
            }
        }
    }
    Outcome { units, error, discarded: reader.discarded(), unfinished: reader.unfinished() }
}

fn assert_unit(unit: &Unit, expected: &Value, name: &str) {
    match unit {
        Unit::Message(message) => {
            let kind = if message.opcode == Opcode::Text { "text" } else { "binary" };
            assert_eq!(Some(kind), expected["message"].as_str(), "{name}");
            assert_eq!(message.payload, bytes(&expected["payload"]), "{name}");
            assert_eq!(u64::from(message.frames), expected["frames"].as_u64().unwrap(), "{name}");
            assert_eq!(message.compressed, expected["compressed"].as_bool().unwrap(), "{name}");
            if let Some(wire) = expected.get("wire") {
                assert_eq!(message.wire, bytes(wire), "{name}");
            }
        }
        Unit::Control(control) => {
            let kind = format!("{:?}", control.opcode).to_lowercase();
            assert_eq!(Some(kind.as_str()), expected["control"].as_str(), "{name}");
            assert_eq!(control.payload, bytes(&expected["payload"]), "{name}");
        }
    }
}

fn run_stream(case: &Value) {
    let name = case["name"].as_str().unwrap();
    let wire = bytes(&case["bytes"]);
    for chunk in [wire.len().max(1), 1, 7, 1000] {
        let seen = read(case, &wire, chunk);
        let expected = case["units"].as_array().unwrap();
        assert_eq!(seen.units.len(), expected.len(), "{name}, chunks of {chunk}: {:?}", seen.error);
        seen.units.iter().zip(expected).for_each(|(unit, expected)| assert_unit(unit, expected, name));
        match (seen.error, case.get("error")) {
            (None, None) => {
                assert_eq!(seen.discarded, case["discarded"].as_u64().unwrap_or(0), "{name}, chunks of {chunk}");
                assert_eq!(seen.unfinished, case["unfinished"].as_bool().unwrap_or(false), "{name}");
            }
            (Some(error), Some(expected)) => {
                assert_eq!(u64::from(error.close_code), expected["close_code"].as_u64().unwrap(), "{name}: {error}");
                assert_eq!(error.limit.map(|limit| limit.name), expected["limit"].as_str(), "{name}");
                assert_eq!(error.fault, side(&case["sender"]), "{name}");
            }
            (seen, expected) => panic!("{name}: {seen:?}, not {expected:?}"),
        }
        follow(case, &wire, chunk);
    }
}

/// The tracker finds what headers show, and objects to nothing that the reader takes.
fn follow(case: &Value, wire: &[u8], chunk: usize) {
    let name = case["name"].as_str().unwrap();
    let mut boundary = Boundary::new(side(&case["sender"]), &negotiated(case));
    let mut passed = 0;
    let outcome = wire.chunks(chunk).try_for_each(|chunk| boundary.advance(chunk).map(|bytes| passed += bytes));
    match case.get("error") {
        Some(error) if error["by_header"] == true => {
            let found = outcome.expect_err(name);
            assert_eq!(u64::from(found.close_code), error["close_code"].as_u64().unwrap(), "{name}");
        }
        Some(_) => {}
        None => {
            outcome.expect(name);
            let discarded = case["discarded"].as_u64().unwrap_or(0);
            assert_eq!((wire.len() - passed) as u64, discarded, "{name}");
            if boundary.at_boundary() {
                assert_eq!(boundary.remaining(), 0, "{name}");
            } else {
                assert_eq!(case["unfinished"], true, "{name}");
            }
        }
    }
}

#[test]
fn frames() {
    cases("frames.json").iter().for_each(run_stream);
}

#[test]
fn messages() {
    cases("messages.json").iter().for_each(run_stream);
}

#[test]
fn deflated() {
    cases("deflate.json").iter().for_each(run_stream);
}

#[test]
fn deflated_by_python() {
    cases("deflate_python.json").iter().for_each(run_stream);
}

#[test]
fn deflated_by_node() {
    cases("deflate_node.json").iter().for_each(run_stream);
}

fn headers(value: &Value) -> Vec<(String, String)> {
    let pair = |pair: &Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    value["headers"].as_array().unwrap().iter().map(pair).collect()
}

fn shake_hands(case: &Value) -> Result<Negotiated, HandshakeError> {
    let name = case["name"].as_str().unwrap();
    let request = &case["request"];
    let version = request["version"].as_str().and_then(|version| version.split_once('.')).unwrap();
    let version = (version.0.parse().unwrap(), version.1.parse().unwrap());
    let has_body = request["has_body"].as_bool().unwrap_or(false);
    let method = request["method"].as_str().unwrap();
    let mut handshake = ClientHandshake::check(method, version, headers(request), has_body)?;
    let offer = match case["offer"].as_str() {
        None => None,
        Some("as_is") => Some(Offer::AsIs),
        Some("no_server_takeover") => Some(Offer::NoServerTakeover),
        Some("nothing") => Some(Offer::Nothing),
        Some(other) => panic!("{name}: no such offer: {other}"),
    };
    if let Some(offer) = offer {
        assert_eq!(handshake.offer(offer).as_deref(), case["offered"].as_str(), "{name}");
    }
    let answer = case.get("answer").unwrap_or_else(|| panic!("{name}: the request passed"));
    handshake.verify(answer["status"].as_u64().unwrap() as u16, headers(answer))
}

#[test]
fn handshakes() {
    for case in cases("handshake.json") {
        let name = case["name"].as_str().unwrap();
        match (shake_hands(&case), case.get("error")) {
            (Ok(seen), None) => assert_eq!(seen, negotiated(&case["negotiated"]), "{name}"),
            (Err(seen), Some(expected)) => {
                assert_eq!(format!("{seen:?}"), expected["kind"].as_str().unwrap(), "{name}");
                assert_eq!(u64::from(seen.status()), expected["status"].as_u64().unwrap(), "{name}");
                assert_eq!(seen.fault(), side(&expected["fault"]), "{name}");
            }
            (seen, expected) => panic!("{name}: {seen:?}, not {expected:?}"),
        }
    }
}
