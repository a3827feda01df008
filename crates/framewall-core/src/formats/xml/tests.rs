use super::super::Outcome;
use super::super::testing::{leaves, walk};
use super::*;

#[test]
fn tags_attributes_and_text_are_leaves() {
    assert_eq!(
        leaves(
            &Xml,
            b"<?xml version='1.0'?>\n<a x:id=\"1 &amp; 2\"><b>hi &lt;b&#62;</b><b/><c d='e'>f<![CDATA[<g>]]></c></a>"
        ),
        [
            "[\"?xml\"] xml:",
            "[\"?xml\"] version=\\'1.0\\'",
            "a a:",
            "a[\"@x:id\"] x:id:",
            "a[\"@x:id\"] 1 & 2",
            "a.b b:",
            "a.b hi <b>",
            "a.b[1] b:",
            "a.c c:",
            "a.c[\"@d\"] d:",
            "a.c[\"@d\"] e",
            "a.c f",
            "a.c <g>",
        ]
    );
}

#[test]
fn comments_and_instructions_are_leaves() {
    assert_eq!(
        leaves(&Xml, b"<a><!-- <x> --><?php echo 1 ?></a>"),
        ["a a:", "a[\"#comment\"]  <x> ", "a[\"?php\"] php:", "a[\"?php\"] echo 1"]
    );
}

#[test]
fn what_nothing_closes_is_a_rest() {
    for open in ["<!--", "<![CDATA[", "<?php ", "<!x [ "] {
        let (notes, outcome) = walk(&Xml, format!("<a>{open}<b>one</b>").as_bytes());
        assert_eq!(outcome, Outcome::Truncated);
        let last = notes.lines.last().map_or("", String::as_str);
        assert!(last.contains(" raw ") && last.contains("one</b"), "{last}");
    }
}

#[test]
fn a_doctype_is_an_anomaly_and_entities_stay_as_written() {
    let bomb = b"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\"><!-- ]> -->]><a>&b;&c;</a>";
    let (notes, outcome) = walk(&Xml, bomb);
    assert_eq!(outcome, Outcome::Complete { consumed: bomb.len() });
    assert_eq!(notes.anomalies, ["DOCTYPE", "ENTITY"]);
    assert_eq!(notes.lines.last().map(String::as_str), Some("a &b;&c;"));
    assert!(notes.lines[0].contains("file:///etc/passwd"));
    assert_eq!(walk(&Xml, b"<!doctype svg><p>x</p>").0.anomalies, ["DOCTYPE"]);
    assert!(walk(&Xml, b"<!doctype html><p>x</p>").0.anomalies.is_empty());
}

#[test]
fn unclosed_and_misnested_tags_hide_nothing() {
    let (notes, outcome) = walk(&Xml, b"<a><b>one</a>two</b><c d=e>three");
    assert_eq!(outcome, Outcome::Truncated);
    let lines = notes.lines.join("\n");
    for text in ["a.b one", " two", "raw b", "c[\"@d\"] e", "c three"] {
        assert!(lines.contains(text), "{text} in {lines}");
    }
}

#[test]
fn below_the_depth_cap_text_is_still_seen() {
    let (notes, outcome) = walk(&Xml, format!("{}<x y='1'>&lt;z</x>", "<a>".repeat(200)).as_bytes());
    assert_eq!(outcome, Outcome::Truncated);
    assert_eq!(notes.anomalies, ["format_depth"]);
    assert!(notes.lines.last().is_some_and(|line| line.ends_with(" <z")));
}

#[test]
fn text_is_not_xml() {
    assert!(matches!(walk(&Xml, b"1 < 2").1, Outcome::Invalid { .. }));
    assert_eq!(Xml.sniff(b"< 2"), 0);
    assert_eq!(Xml.sniff(b"\xEF\xBB\xBF <?xml version"), 100);
}
