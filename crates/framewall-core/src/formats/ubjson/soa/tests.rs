use crate::formats::testing::{leaves, walk};
use crate::formats::ubjson::BjData;
use crate::formats::{Format, Outcome, sniff};

#[test]
fn records_are_told_one_by_one() {
    let data = b"[${i\x02idUi\x01p{i\x01xI}i\x04nameSi\x04i\x02onT}#i\x02\x01\x05\0<b>\0T\x02\x06\0abcdF";
    assert_eq!(
        leaves(&BjData, data),
        [
            "id id:",
            "p p:",
            "p.x x:",
            "name name:",
            "on on:",
            "[0].id number 1",
            "[0].p.x number 5",
            "[0].name <b>",
            "[0].on bool true",
            "[1].id number 2",
            "[1].p.x number 6",
            "[1].name abcd",
            "[1].on bool false",
        ]
    );
    assert!(BjData.sniff(data) >= sniff::PLAUSIBLE);
}

#[test]
fn columns_are_told_one_by_one() {
    let data = b"{${i\x01aUi\x01sSi\x03i\x01v[UUU]i\x01m[UI]}#i\x02<xab\0cd\0<b></b\x01\x02\0\x03\x04\0";
    assert_eq!(
        leaves(&BjData, data)[4..],
        [
            "a binary <x",
            "s[0] ab",
            "s[1] cd",
            "v binary <b></b",
            "m[0][0] number 1",
            "m[0][1] number 2",
            "m[1][0] number 3",
            "m[1][1] number 4",
        ]
    );
}

#[test]
fn texts_outside_the_values_are_told_where_they_are_written() {
    let data = b"[${i\x01d[$S#i\x02i\x01ai\x03<b>i\x01o[$U]}#i\x02\x01\0\x00\x01\x00\x02\x05hi<i>";
    let data = [&data[..], b""].concat();
    assert_eq!(
        leaves(&BjData, &data),
        [
            "d d:",
            "d[0] a",
            "d[1] <b>",
            "o o:",
            "[0].d number 1",
            "[0].o number 0",
            "[1].d number 0",
            "[1].o number 1",
            "[0].o hi",
            "[1].o <i>",
        ]
    );
    let (notes, _) = walk(&BjData, b"[${i\x01o[$U]}#i\x02\x00\x01\x03\x00\x05hi<i>");
    assert_eq!(notes.anomalies, ["offsets are out of order"]);
    assert_eq!(notes.lines.last().map(String::as_str), Some("o binary hi<i>"));
}

#[test]
fn records_of_nothing_are_counted_against_the_budget() {
    let (notes, outcome) = walk(&BjData, b"[${i\x01zZ}#l\0\0\0\x40");
    assert!(matches!(outcome, Outcome::Exhausted(_)), "{outcome:?}");
    assert_eq!(notes.anomalies, ["format_nodes"]);
}
