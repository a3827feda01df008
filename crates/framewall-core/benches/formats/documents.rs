//! What is measured: documents made here, and the libraries that read the same.

use super::{Library, binary};

/// Format, document, its bytes, and the libraries beside.
pub fn all() -> Vec<(&'static str, &'static str, Vec<u8>, Vec<Library>)> {
    let mut documents = text();
    documents.extend(binary::all(&chat(2000), &points(20_000)));
    documents
}

fn text() -> Vec<(&'static str, &'static str, Vec<u8>, Vec<Library>)> {
    let json: Vec<Library> = vec![("serde_json", serde_json), ("simd-json", simd_json)];
    vec![
        ("json", "chat messages", chat(2000), json.clone()),
        ("json", "numbers and short names", points(20_000), json.clone()),
        ("json", "escaped text", escaped(2000), json),
    ]
}

/// A Socket.IO event's arguments, about 200 bytes.
pub fn small_message() -> Vec<u8> {
    let text = r#"["new message",{"room":"general","user":{"id":48151623,"name":"Ada Lovelace"},"text":"Has anyone seen the build fail on the second runner since this morning?","tags":["build","ci"],"reply":null}]"#;
    text.as_bytes().to_vec()
}

fn chat(count: usize) -> Vec<u8> {
    let message = |id: usize| {
        serde_json::json!({
            "id": id, "room": "general", "created_at": "2026-03-01T12:00:00Z", "edited": false, "reply_to": null,
            "user": {"id": id * 7, "name": "Ada Lovelace", "avatar": "https://example.org/avatars/48151623.png"},
            "text": "Has anyone seen the build fail on the second runner since this morning? It looks like the cache.",
            "reactions": [{"emoji": "👍", "count": 3}, {"emoji": "👀", "count": 1}],
        })
    };
    serde_json::to_vec(&(0..count).map(message).collect::<Vec<_>>()).expect("JSON")
}

fn points(count: usize) -> Vec<u8> {
    let point = |id: usize| serde_json::json!({"x": id as f64 * 0.37, "y": id * 31 % 977, "t": 1_700_000_000 + id, "ok": id.is_multiple_of(2)});
    serde_json::to_vec(&(0..count).map(point).collect::<Vec<_>>()).expect("JSON")
}

fn escaped(count: usize) -> Vec<u8> {
    let text =
        |id: usize| format!("line {id}\n\t\"quoted\" <b>\\path\\to</b>\r\nmore text follows here, and some more");
    serde_json::to_vec(&(0..count).map(text).collect::<Vec<_>>()).expect("JSON")
}

fn serde_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(bytes).is_ok()
}

fn simd_json(bytes: &[u8]) -> bool {
    // It reads in place, so it is given a copy each time, as it would have to be here.
    simd_json::to_borrowed_value(&mut bytes.to_vec()).is_ok()
}
