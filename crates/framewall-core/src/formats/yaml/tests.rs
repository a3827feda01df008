use super::super::Outcome;
use super::super::testing::{leaves, walk};
use super::*;

#[test]
fn what_has_control_characters_is_none() {
    let list = b"to do:\n- bread\n- milk\n";
    assert!(Yaml.sniff(list) > 0);
    assert!(Yaml.sniff(b"a\tb: c\r\nd: e\r\n") > 0);
    let packed = [b"\xdb\0\0\0\x18", &list[..]].concat();
    assert_eq!(Yaml.sniff(&packed), 0);
    assert_eq!(Yaml.sniff(b"a: b\nc: \x01\n"), 0);
}

#[test]
fn block_style_has_paths() {
    let text = b"name: x\nlist:\n- a\n- b: 1\n  c: [d, {e: f}, 'g''h']\nnested:\n  deep:\n    - - i\n      - j\n  back: k # note\nlast: ~\n";
    assert_eq!(
        leaves(&Yaml, text),
        [
            "name name:",
            "name x",
            "list list:",
            "list[0] a",
            "list[1].b b:",
            "list[1].b number 1",
            "list[1].c c:",
            "list[1].c[0] d",
            "list[1].c[1].e e:",
            "list[1].c[1].e f",
            "list[1].c[2] g\\'h",
            "nested nested:",
            "nested.deep deep:",
            "nested.deep[0][0] i",
            "nested.deep[0][1] j",
            "nested.back back:",
            "nested.back k",
            "nested.back[\"#\"] note",
            "last last:",
            "last null ~",
        ]
    );
}

#[test]
fn scalars_are_folded_and_unescaped() {
    assert_eq!(
        leaves(&Yaml, b"a: |\n  one\n   two\n\n  three\nb: >-\n  x\n  y\n\n  z\nc: \"\\x3cq\\u003E\\\n   r\n  s\"\nd: plain\n  more\n"),
        [
            "a a:", "a one\\n two\\n\\nthree\\n", "b b:", "b x y\\nz", "c c:", "c <q>r s", "d d:", "d plain more",
        ]
    );
}

#[test]
fn tags_are_anomalies_and_aliases_stay() {
    let (notes, outcome) =
        walk(&Yaml, b"a: &x !!python/object/apply:os.system [\"id\"]\nb: *x\nc: !!str 1\nd: !Ref y\n");
    assert!(matches!(outcome, Outcome::Complete { .. }));
    assert_eq!(notes.anomalies, ["tag"]);
    let lines = notes.lines.join("\n");
    for text in ["a ext &x", "a ext !!python/object/apply:os.system", "a[0] id", "b ext *x", "c number 1", "d ext !Ref"]
    {
        assert!(lines.contains(text), "{text} in {lines}");
    }
}

#[test]
fn documents_are_numbered_from_the_second() {
    assert_eq!(leaves(&Yaml, b"---\na: 1\n---\nb: 2\n...\n"), ["a a:", "a number 1", "[1].b b:", "[1].b number 2"]);
}

#[test]
fn an_alias_bomb_is_an_anomaly() {
    let text = format!("a: &a x\nb: [{}]\n", "*a, ".repeat(100));
    assert_eq!(walk(&Yaml, text.as_bytes()).0.anomalies, ["aliases"]);
    let bullets = format!("to do:\n{}", "* ring Ann\n*now*\n".repeat(100));
    assert!(walk(&Yaml, bullets.as_bytes()).0.anomalies.is_empty(), "nothing is named so");
}

#[test]
fn nesting_is_capped_and_the_rest_raw() {
    let (notes, outcome) = walk(&Yaml, &[b'['; 1 << 20]);
    assert_eq!(outcome, Outcome::Exhausted(crate::limits::FORMAT_DEPTH));
    assert_eq!(notes.anomalies, ["format_depth"]);
    for marks in ["- ", "? ", "- ? ", "? - "] {
        let nested = marks.repeat((1 << 20) / marks.len());
        assert_eq!(walk(&Yaml, nested.as_bytes()).0.anomalies, ["format_depth"], "{marks}");
        assert!(Yaml.sniff(nested.as_bytes()) >= 20, "{marks}");
    }
}

#[test]
fn a_container_that_is_a_key_is_read() {
    assert_eq!(leaves(&Yaml, b"? - a\n  - b\n: c\n"), ["[0] a", "[1] b", " c"]);
    assert_eq!(leaves(&Yaml, b"? ? a\n  : b\n: c\n"), ["a a:", "a b", " c"]);
    assert_eq!(leaves(&Yaml, b"? a\n: b\n? c\n: d\n"), ["a a:", "a b", "c c:", "c d"]);
}

#[test]
fn what_may_nest_so_deep_is_known_by_its_columns() {
    let limit = crate::limits::FORMAT_DEPTH.default as usize;
    let by_indentation =
        |levels: usize| (0..levels).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
    let in_one_column = |levels: usize| {
        (0..levels / 2).map(|level| format!("{0}a:\n{0}- a:\n", "  ".repeat(level))).collect::<String>()
    };
    for levels in 2..=limit + 8 {
        let texts = [
            "- ".repeat(levels),
            "? ".repeat(levels),
            by_indentation(levels),
            in_one_column(levels),
            "- ? ".repeat(levels),
        ];
        for text in texts {
            let (notes, outcome) = walk(&Yaml, text.as_bytes());
            assert!(
                may_nest(text.as_bytes(), limit) || outcome != Outcome::Exhausted(crate::limits::FORMAT_DEPTH),
                "{text} {:?}",
                notes.anomalies
            );
        }
    }
    assert!(may_nest("- ".repeat(limit).as_bytes(), limit) && may_nest(by_indentation(limit + 1).as_bytes(), limit));
    let prose = "Well - I never said so: what do you think?  - Ann\n".repeat(50);
    assert!(!may_nest(prose.as_bytes(), limit) && !may_nest("- - -".as_bytes(), limit));
}

#[test]
fn an_unended_flow_is_truncated() {
    let (notes, outcome) = walk(&Yaml, b"a: {b: \"x");
    assert_eq!(outcome, Outcome::Truncated);
    assert_eq!(notes.lines.last().map(String::as_str), Some("a.b x"));
}
