//! Every tokeniser: no panic on any bytes, spans inside the text, time that grows as the text does.

use std::time::Duration;

use framewall_core::engine::tokens::{self, Hit, SURE};
use proptest::prelude::*;

mod clock;

use clock::spent;

type Judge = fn(&[u8]) -> Option<Hit>;

const ALL: &[(&str, Judge)] = &[
    ("html", tokens::html::judge),
    ("jndi", tokens::jndi::judge),
    ("js", tokens::js::judge),
    ("ldap", tokens::ldap::judge),
    ("path", tokens::path::judge),
    ("shell", tokens::shell::judge),
    ("sql", tokens::sql::judge),
    ("template", tokens::template::judge),
    ("url", tokens::url::judge),
    ("xpath", tokens::xpath::judge),
];

/// Every case of `vectors/tokens/NAME.json`: what must be sure, and what must not.
#[test]
fn the_shared_vectors_hold() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/tokens");
    let mut broken = Vec::new();
    for (name, judge) in ALL {
        let file = folder.join(format!("{name}.json"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let cases: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for (kind, sure) in [("attack", true), ("pass", false)] {
            let list = cases[kind].as_array().expect("a list");
            assert!(!list.is_empty(), "{name}: no case of {kind}");
            for case in list {
                let case = case.as_str().expect("a string");
                let hit = judge(case.as_bytes());
                if hit.as_ref().is_some_and(|hit| hit.strength >= SURE) != sure {
                    broken.push(format!("{name}: {kind} {case:?}: {hit:?}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Pieces that open, close, escape and repeat what the tokenisers look for.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "'",
        "\"",
        "`",
        "\\",
        "<",
        ">",
        "<a ",
        "<!--",
        "=",
        "/*",
        "*/",
        "--",
        "#",
        ";",
        "|",
        "&",
        "&#",
        "$(",
        "${",
        "{{",
        "}}",
        "}",
        "u{",
        "\\u{",
        "\\x",
        "(",
        ")",
        "[",
        "]",
        "union ",
        "select ",
        " or ",
        "1",
        "x",
        " ",
        "\n",
        "\0",
        "javascript:",
        "on",
        "load=",
        "alert",
        "http://",
        "0x7f",
        ".",
        "../",
        "@",
        ":",
        "::",
        ",",
        "sleep(",
        "cat ",
        "$IFS",
        "%",
        "^",
        "!",
        "\u{e9}",
        "\u{2460}",
        "jndi:",
        "if ",
        "for %a in (",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_judged_with_a_span_inside_them(text in hostile()) {
        for (name, judge) in ALL {
            if let Some(hit) = judge(&text) {
                prop_assert!(hit.span.start <= hit.span.end && hit.span.end <= text.len(), "{name}: {hit:?}");
                prop_assert!((1..=100).contains(&hit.strength), "{name}: {hit:?}");
            }
        }
    }
}

/// The shortest of three runs, in time of this thread: the machine may be busy.
fn time(judge: Judge, text: &[u8]) -> Duration {
    (0..3)
        .map(|_| {
            let started = spent();
            std::hint::black_box(judge(text));
            spent() - started
        })
        .min()
        .unwrap_or_default()
}

#[test]
fn time_grows_as_the_text_does() {
    let units = [
        "'",
        "\"",
        "`",
        "\\'",
        "<",
        "<a ",
        "<a b=\"<a\" ",
        "<a b='",
        "<!--",
        "/*",
        "*/",
        "--\n",
        "#",
        ";",
        "|id",
        "&",
        "&#",
        "$(",
        "${",
        "{{",
        "{{{{a",
        "(",
        ")",
        "[",
        "]",
        "union select ",
        " or (",
        "j ",
        "javascript:",
        "javascript:x ",
        " onload=",
        "alert(",
        "http://",
        "a:",
        "../",
        "@a",
        "::",
        "sleep(",
        "$$",
        "$a$",
        "'\\'",
        "`${",
        "`",
        "style=\"/*",
        "<a style=/*",
        "/a?b",
        "url(",
        "for %a in (",
        "if a ",
        "\\\\",
        "=\"",
        "='",
        "{a,",
        "^a",
        "a^",
        "?.",
        "//",
        "(&(a=",
        "<x y=z ",
    ];
    for unit in units {
        let short = unit.repeat(8_000 / unit.len());
        let long = unit.repeat(38_000 / unit.len());
        for (name, judge) in ALL {
            let (short, long) = (time(*judge, short.as_bytes()), time(*judge, long.as_bytes()));
            // Sixteen times the text; a quadratic one would take 256 times as long.
            let allowed = (short * 80).max(Duration::from_millis(40));
            assert!(long <= allowed, "{name} on {unit:?}: {short:?} then {long:?}");
        }
    }
}
