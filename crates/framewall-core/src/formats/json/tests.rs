use super::super::testing::{leaves, walk};
use super::super::{Budget, Outcome, Path};
use super::*;

#[test]
fn every_key_and_value_has_its_path() {
    let seen = leaves(&Json, br#"{"a": [1, {"b": "x"}, null], "c": {"d": true, "": -1.5e3}}"#);
    assert_eq!(
        seen,
        [
            "a a:",
            "a[0] number 1",
            "a[1].b b:",
            "a[1].b x",
            "a[2] null null",
            "c c:",
            "c.d d:",
            "c.d bool true",
            "c[\"\"] :",
            "c[\"\"] number -1.5e3",
        ]
    );
}

#[test]
fn duplicate_keys_are_all_seen() {
    assert_eq!(leaves(&Json, br#"{"a":1,"a":"two"}"#), ["a a:", "a number 1", "a a:", "a two"]);
}

#[test]
fn escapes_are_undone() {
    assert_eq!(leaves(&Json, br#""\u003cscript\u003E\/\n\x41\u{42}\q""#), [" <script>/\\nABq"]);
    assert_eq!(
        leaves(&Json, br#""\ud83d\ude00 \ud800 \udc00x""#),
        [" \\xf0\\x9f\\x98\\x80 \\xed\\xa0\\x80 \\xed\\xb0\\x80x"]
    );
    assert_eq!(leaves(&Json, br#""\uZZ\\u0041\"""#), [" uZZ\\\\u0041\\\""]);
    assert_eq!(leaves(&Json, br#"{"\u0061":0}"#), ["a a:", "a number 0"]);
}

#[test]
fn long_strings_end_where_they_end() {
    for length in 0..80 {
        let text = "x".repeat(length);
        assert_eq!(leaves(&Json, format!("[\"{text}\",\"{text}\\n{text}\"]").as_bytes()).len(), 2, "{length}");
    }
}

#[test]
fn what_only_lax_parsers_take_is_read() {
    let lax = b"\xEF\xBB\xBF// c\n{a:'x\\'y', /* no */ \"b\" = .5; 'c' => NaN, d:[1,,2,], # e\n $e:+Infinity,}";
    assert_eq!(
        leaves(&Json, lax),
        [
            "a a:",
            "a x\\'y",
            "b b:",
            "b number .5",
            "c c:",
            "c number NaN",
            "d d:",
            "d[0] number 1",
            "d[2] number 2",
            "$e $e:",
            "$e number +Infinity",
        ]
    );
}

#[test]
fn numbers_of_any_size_and_raw_bytes_pass() {
    assert_eq!(leaves(&Json, b"[1e999,\"a\x01\n\xff\xc0\xbc\"]"), ["[0] number 1e999", "[1] a\\x01\\n\\xff\\xc0\\xbc"]);
    let digits = "9".repeat(5000);
    assert_eq!(leaves(&Json, digits.as_bytes()), [format!(" number {digits}")]);
}

#[test]
fn values_in_a_row_are_numbered_from_the_second() {
    let lines = leaves(&Json, b"{\"a\":1}\n{\"a\":2}\n\x1e{\"a\":3}");
    assert_eq!(lines, ["a a:", "a number 1", "[1].a a:", "[1].a number 2", "[2].a a:", "[2].a number 3"]);
    assert_eq!(leaves(&Json, b"42[\"e\"]"), [" number 42", "[1][0] e"]);
}

#[test]
fn an_error_hides_nothing_behind_it() {
    let (notes, outcome) = walk(&Json, br#"{"a":1} } {"b" "x", [2] ] "c":"y"}"#);
    assert!(matches!(outcome, Outcome::Invalid { at: 8, .. }), "{outcome:?}");
    let lines = notes.lines.join("\n");
    assert!(lines.contains("b x") && lines.contains("number 2") && lines.contains(" y"), "{lines}");
}

#[test]
fn prose_is_not_json_and_is_given_raw() {
    let (notes, outcome) = walk(&Json, b"hello <b>");
    assert!(matches!(outcome, Outcome::Invalid { at: 0, .. }));
    assert_eq!(notes.lines, [" raw hello <b>"]);
}

#[test]
fn an_unended_document_is_truncated_and_its_text_seen() {
    for cut in [r#"{"a":["xyz"#, r#"{"a":["xyz","#, r#"{"a":["xyz"]"#, r#"{"a":["xyz\"#] {
        let (notes, outcome) = walk(&Json, cut.as_bytes());
        assert_eq!(outcome, Outcome::Truncated, "{cut}");
        assert!(notes.lines.iter().any(|line| line.starts_with("a[0] xyz")), "{:?}", notes.lines);
    }
}

#[test]
fn below_the_depth_cap_text_is_still_seen() {
    let deep = format!("{}{{\"k\":\"\\u003cx\"}}{},\"after\"]", "[".repeat(100), "]".repeat(99));
    let (notes, outcome) = walk(&Json, deep.as_bytes());
    assert_eq!(outcome, Outcome::Exhausted(crate::limits::FORMAT_DEPTH));
    assert_eq!(notes.anomalies, ["format_depth"]);
    assert!(notes.lines.iter().any(|line| line.ends_with(" <x")));
    assert!(notes.lines.contains(&"[1] after".to_owned()), "{:?}", notes.lines.last());
}

#[test]
fn a_million_levels_end_at_once() {
    let (notes, outcome) = walk(&Json, &[b'['; 1 << 20]);
    assert_eq!(outcome, Outcome::Truncated);
    assert_eq!(notes.anomalies, ["format_depth"]);
}

#[test]
fn spent_nodes_leave_the_rest_raw() {
    let mut notes = super::super::testing::Notes::of(13);
    let mut budget = Budget { nodes: 3, ..Budget::default() };
    let outcome = Json.walk(b"[1,2,3,\"<x>\"]", &mut Path::new(), &mut budget, &mut notes);
    assert_eq!(outcome, Outcome::Exhausted(crate::limits::FORMAT_NODES));
    assert_eq!(notes.lines.last().map(String::as_str), Some(r#"[2] raw ,3,\"<x>\"]"#));
    assert_eq!(notes.anomalies, ["format_nodes"]);
}

#[test]
fn spans_are_raw_text_without_quotes() {
    let text = br#"{"a":"x\n", "b":12}"#;
    let (notes, _) = walk(&Json, text);
    let raw: Vec<_> = notes.spans.iter().skip(1).map(|span| &text[span.clone()]).collect();
    assert_eq!(raw, [&b"a"[..], br"x\n", b"b", b"12"]);
}

#[test]
fn paths_go_on_from_where_they_are() {
    let mut path = Path::new();
    path.push_key(b"outer");
    let mut notes = super::super::testing::Notes::of(5);
    Json.walk(br#"["x"]"#, &mut path, &mut Budget::default(), &mut notes);
    assert_eq!(notes.lines, ["outer [", "outer[0] x"]);
    assert_eq!(path.to_string(), "outer");
}
