//! How far a reading of some bytes is to be believed.

use crate::formats::{self, Format};

/// From this likelihood on, a reading is taken at its word: its limits count and what nests in it is read.
pub(super) const SURE: u8 = 50;
/// From this likelihood on, there is a magic number.
const MARK: u8 = 90;
/// From this likelihood on, what nests in a guessed reading is read too.
const LIKELY: u8 = 30;
/// Formats whose documents can be texts.
pub(super) const TEXTS: [&str; 9] = ["json", "jwt", "multipart", "xml", "form", "csv", "yaml", "text", "ion"];

/// Formats that text, or noise, is taken for by chance.
pub(super) const LOOSE: [&str; 4] = ["xml", "form", "csv", "yaml"];

/// Whether a complete reading in this format leaves nothing that the text would show.
pub(super) fn strict(format: &str, bytes: &[u8]) -> bool {
    match format {
        "json" => matches!(bytes[0], b'{' | b'[') || is_one_string(bytes),
        // Any text may happen to be a binary document: `tftp://evil.example/` is a string in CBOR.
        "msgpack" | "cbor" | "bson" | "ubjson" | "bjdata" | "smile" => !is_text(bytes),
        "avro" => bytes.starts_with(formats::avro::MAGIC),
        _ => false,
    }
}

/// Whether this is a single string of JSON: several in a row, as in `" or ""="`, are rather a text with quotes.
fn is_one_string(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter().skip(1);
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => drop(rest.next()),
            b'"' => return bytes[0] == b'"' && rest.all(u8::is_ascii_whitespace),
            _ => {}
        }
    }
    false
}

/// Whether this is a form's value with more equals signs than a form of its own would have: an encoder writes those of
/// a value as `%3D`, so as it stands it is the outer form's text.
pub(super) fn is_undone(format: &str, chain: &[&str], bytes: &[u8]) -> bool {
    let count = |sign: u8| memchr::memchr_iter(sign, bytes).count();
    format == "form" && chain.last() == Some(&"form") && count(b'=') > count(b'&') + count(b';') + 1
}

/// From this length on, pieces of a text that a guess cuts out of it show no more than its windows do.
const LONG: usize = 64 << 10;

/// Whether a guess at this binary format would only show pieces of a long text that is read as a whole anyway.
pub(super) fn echoes(format: &str, bytes: &[u8]) -> bool {
    const BINARY: [&str; 7] = ["protobuf", "cbor", "msgpack", "ubjson", "bjdata", "flexbuffers", "smile"];
    bytes.len() > LONG && BINARY.contains(&format) && is_text(bytes)
}

pub(super) fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| !text.bytes().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()))
}

/// Whether a guessed reading that is too deep is no chance: a run of one letter opens groups in protobuf, but what is
/// no text, or is laid out as YAML, Ion or a form, does not happen to go so deep.
pub(super) fn means_depth(format: &str, bytes: &[u8]) -> bool {
    matches!(format, "yaml" | "ion" | "form") || !is_text(bytes)
}

/// Whether every step here has a mark of its own: what raw deflate and respellings make of noise is noise, with runs.
pub(super) fn is_solid(chain: &[&str]) -> bool {
    const MARKED: [&str; 8] = ["base64", "gzip", "zlib", "zstd", "hex", "percent", "token", "graphql"];
    chain.iter().all(|step| MARKED.contains(step) || formats::by_name(step).is_some())
}

/// A number as every parser writes it; lenient walkers also call `7*7` one.
pub(super) fn plain_number(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'))
}

/// Whether a tag of YAML may be somebody's `!!!` or `!!wow`: the types of a language are named with a path or a package,
/// unless the document gives its tags a prefix.
pub(super) fn exclaims(tag: &[u8]) -> bool {
    let qualified = tag.starts_with(b"!<") || tag.iter().any(|byte| matches!(byte, b'/' | b'.' | b':' | b'%'));
    !(qualified && tag.iter().any(u8::is_ascii_alphabetic))
}

/// Whether a leaf's text is worth handing to the walkers; in a guessed reading only what is likely by itself, and of
/// what is text or nothing only what may be one.
pub(super) fn nests(text: &[u8], sure: bool, of_text: bool) -> bool {
    let least = if sure { formats::sniff::PLAUSIBLE } else { LIKELY };
    let readings = formats::sniff::readings(text, "");
    text.len() >= 2
        && readings
            .ranked()
            .any(|(format, likelihood)| likelihood >= least && (!of_text || TEXTS.contains(&format.name())))
}

/// Whether a text can be read in a format in which another one, that it was made of, cannot.
pub(super) fn reveals(before: &[u8], text: &[u8]) -> bool {
    let known = formats::sniff::readings(before, "");
    formats::sniff::readings(text, "").iter().any(|format| known.iter().all(|other| other.name() != format.name()))
}

/// Whether this is surely a document in a binary format: its control characters are its own.
pub(super) fn is_binary_document(bytes: &[u8]) -> bool {
    const MARKED: [&str; 3] = ["avro", "ion", "thrift"];
    let surely = |(best, likelihood): (&dyn Format, u8)| match best.name() {
        "json" => false,
        name if MARKED.contains(&name) => likelihood >= MARK && !is_text(bytes),
        name => strict(name, bytes) && likelihood >= SURE,
    };
    formats::sniff::readings(bytes, "").ranked().next().is_some_and(surely) || formats::protobuf::is_message(bytes)
}
