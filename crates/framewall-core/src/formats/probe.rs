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

/// Walks the first few values of `bytes` as `format`.
pub(super) fn probe(format: &dyn Format, bytes: &[u8]) -> Probe {
    let mut seen = Probe::default();
    let mut budget = Budget { depth: 16, nodes: NODES, bytes: 4096, layers: 0, fanout: 0 };
    let outcome = format.walk(bytes, &mut Path::new(), &mut budget, &mut seen);
    match outcome {
        Outcome::Complete { consumed } => {
            seen.sound = !seen.strange;
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
        self.leaves += 1;
        if leaf.kind == Kind::Text {
            if reads_as_text(leaf.bytes) {
                self.texts += 1;
            } else {
                self.garbled += 1;
            }
        }
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
        self.strange |= matches!(anomaly, Anomaly::Structure(_));
        ControlFlow::Continue(())
    }

    fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
        self.containers += 1;
        ControlFlow::Continue(())
    }
}
