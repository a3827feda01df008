//! Guessing at formats that have no magic number: a walk over the first few values.

use std::ops::{ControlFlow, Range};

use super::{Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Sink};

/// Values and containers that a guess may look at.
const NODES: u32 = 24;

/// Bytes of each text that a guess looks at.
const GLANCE: usize = 24;

/// What a short walk saw.
#[derive(Debug, Default)]
pub(super) struct Probe {
    /// Everything read was well formed, up to the end or as far as a guess goes.
    pub sound: bool,
    /// The walk ended exactly at the last byte.
    pub whole: bool,
    /// The walk ended before the last byte, or at it.
    pub ended: bool,
    /// The input broke off inside the document.
    pub truncated: bool,
    /// More was there than a guess may look at, or than the document may hold.
    pub exhausted: bool,
    /// Containers entered.
    pub containers: u32,
    /// Keys and values.
    pub leaves: u32,
    /// Texts that read as text.
    pub texts: u32,
    /// Texts that do not.
    pub garbled: u32,
    strange: bool,
}

impl Probe {
    /// A back end would take it, as far as a guess goes: read whole, or as much as a guess may, and not mostly noise.
    pub fn accepted(&self) -> bool {
        (self.whole || self.exhausted) && self.garbled <= self.texts
    }

    /// A document came first, with text in it, and something after it that many decoders ignore.
    pub fn leads(&self) -> bool {
        self.ended && self.texts > 0 && self.garbled < self.texts
    }
}

/// Walks the first few values of `bytes` as `format`.
pub(super) fn probe(format: &dyn Format, bytes: &[u8]) -> Probe {
    let mut seen = Probe::default();
    let mut budget = Budget { depth: 16, nodes: NODES, bytes: 4096, layers: 0, fanout: 0 };
    let outcome = format.walk(bytes, &mut Path::new(), &mut budget, &mut seen);
    match outcome {
        Outcome::Complete { consumed } => {
            seen.sound = !seen.strange;
            seen.ended = true;
            seen.whole = consumed == bytes.len();
        }
        Outcome::Exhausted(_) => {
            seen.exhausted = true;
            seen.sound = !seen.strange && seen.leaves > 0;
        }
        Outcome::Truncated => seen.truncated = true,
        Outcome::Invalid { .. } | Outcome::Stopped => {}
    }
    seen
}

/// Whether a text is one: UTF-8 (its end may be cut) without control characters.
pub(super) fn reads_as_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(GLANCE)];
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && bytes.len() > GLANCE,
    };
    whole && !head.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

impl Sink for Probe {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        // What could not be read says nothing.
        self.leaves += u32::from(leaf.kind != Kind::Raw);
        if leaf.kind == Kind::Text {
            if reads_as_text(leaf.bytes) {
                self.texts += 1;
            } else {
                self.garbled += 1;
            }
        }
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
        self.strange |= matches!(anomaly, Anomaly::Structure(_));
        ControlFlow::Continue(())
    }

    fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
        self.containers += 1;
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{by_name, sniff};

    const BINARY: [&str; 11] =
        ["msgpack", "cbor", "bson", "ubjson", "bjdata", "smile", "protobuf", "flexbuffers", "avro", "ion", "thrift"];

    const TEXTS: &str = "hello world|Hi!|ok|lgtm :)|2|42[\"new message\",\"hi\"]|{\"a\":[1,2,{\"b\":null}]}|[{\"x\":1}]|\
        <p>text</p>|a=1&b=2|привет, мир|мир|你好，世界|こんにちは|مرحبا بالعالم|שלום|😀😀|naïve café|\
        [URGENT] see this|SELECT 1| |Дом № 5, кв. 12|Ελληνικά|ไทย|한국어|It's 'fine'|[Update] done|ne me dis rien";

    #[test]
    fn text_of_any_language_is_no_binary_format() {
        let mut claims = Vec::new();
        for text in TEXTS.split('|') {
            for name in BINARY {
                let likelihood = by_name(name).expect("a format").sniff(text.as_bytes());
                if likelihood >= sniff::PLAUSIBLE {
                    claims.push((text, name, likelihood));
                }
            }
        }
        assert!(claims.is_empty(), "{claims:?}");
    }

    #[test]
    fn noise_is_seldom_a_binary_format() {
        let (mut state, mut claims) = (0x9e37_79b9_7f4a_7c15u64, Vec::new());
        for _ in 0..2000 {
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) as u8
            };
            let noise: [u8; 64] = std::array::from_fn(|_| next());
            claims.extend(BINARY.into_iter().filter(|name| by_name(name).expect("a format").sniff(&noise) >= 50));
        }
        assert!(claims.len() < 40, "{} strong claims in 2000 runs of noise: {claims:?}", claims.len());
    }
}
