use super::super::Outcome;
use super::super::testing::{leaves, walk};
use super::*;

#[test]
fn parts_go_by_their_names() {
    let body = b"--X\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhello\r\nworld\r\n--X\r\n\
        content-disposition: form-data; name=file; filename=\"<x>\\\".svg\"; filename*=UTF-8''%3Cy%3E\r\n\
        Content-Type: image/svg+xml\r\n\r\n<svg/>\r\n--X--\r\n";
    assert_eq!(
        leaves(&Multipart, body),
        [
            "text text:",
            "text.Content-Disposition Content-Disposition:",
            "text.Content-Disposition form-data; name=\\\"text\\\"",
            "text.Content-Disposition.name text",
            "text hello\\r\\nworld",
            "file file:",
            "file.content-disposition content-disposition:",
            "file.content-disposition form-data; name=file; filename=\\\"<x>\\\\\\\".svg\\\"; filename*=UTF-8\\'\\'%3Cy%3E",
            "file.content-disposition.name file",
            "file.content-disposition.filename <x>\\\".svg",
            "file.content-disposition[\"filename*\"] <y>",
            "file.Content-Type Content-Type:",
            "file.Content-Type image/svg+xml",
            "file binary <svg/>",
        ]
    );
}

#[test]
fn lax_line_ends_preamble_and_epilogue_hide_nothing() {
    let (notes, outcome) = walk(&Multipart, b"pre <a>\n--decoy\n--X  \nA: b\n\none\n--X\t\n\ntwo\n--X--\npost <b>");
    assert!(matches!(outcome, Outcome::Complete { .. }));
    let lines = notes.lines.join("\n");
    for text in ["pre <a>", "[0] one", "[1] two", "post <b>"] {
        assert!(lines.contains(text), "{text} in {lines}");
    }
}

#[test]
fn a_part_may_hold_parts() {
    let body = b"--X\r\nContent-Type: multipart/mixed; boundary=\"Y\"\r\n\r\nskip\r\n--Y\r\n\r\none\r\n--Y\r\n\r\ntwo\r\n--Y--\r\n--X\r\n\r\nthree\r\n--X--";
    let lines = leaves(&Multipart, body);
    for text in ["[0] skip", "[0][0] one", "[0][1] two", "[1] three"] {
        assert!(lines.contains(&text.to_owned()), "{text} in {lines:?}");
    }
}

#[test]
fn a_body_that_never_ends_is_seen() {
    let (notes, _) = walk(&Multipart, b"--X\r\nA: b\r\n\r\n<script>");
    assert!(notes.lines.contains(&"[0] <script>".to_owned()), "{:?}", notes.lines);
}

#[test]
fn dashes_alone_are_no_boundary() {
    assert_eq!(Multipart.sniff(b"--\nhello"), 0);
    assert_eq!(Multipart.sniff(b"-- \nBest regards"), 0);
    assert_eq!(Multipart.sniff(b"--X\r\nContent-Type: a"), 95);
}
