//! For tests: a sink that writes down all it is told, one line a leaf.

use std::fmt::Write;
use std::ops::{ControlFlow, Range};

use super::{Anomaly, Budget, Container, Format, Leaf, Outcome, Path, Role, Segment, Sink};

/// What a walk told.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// `key text a.b[0] = bytes` or, for values, `text a.b[0] = bytes`; bytes are shown lossily.
    pub leaves: Vec<String>,
    /// The same leaves' bytes.
    pub raw_bytes: Vec<Vec<u8>>,
    /// Names of anomalies and limits.
    pub anomalies: Vec<&'static str>,
    /// Containers entered less those left.
    pub open: i64,
    /// How the walk ended.
    pub outcome: Option<Outcome>,
}

impl Seen {
    /// The whole input was one document.
    pub fn complete(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Complete { .. })) && self.open == 0
    }
}

/// Walks `bytes` with the default budget.
pub(super) fn seen(format: &dyn Format, bytes: &[u8]) -> Seen {
    let mut seen = Seen::default();
    let outcome = format.walk(bytes, &mut Path::new(), &mut Budget::default(), &mut seen);
    seen.outcome = Some(outcome);
    seen
}

fn text(path: &Path) -> String {
    path.iter().fold(String::new(), |mut text, segment| {
        match segment {
            Segment::Key(key) if text.is_empty() => text.push_str(&String::from_utf8_lossy(key)),
            Segment::Key(key) => write!(text, ".{}", String::from_utf8_lossy(key)).expect("a String takes all"),
            Segment::Index(index) => write!(text, "[{index}]").expect("a String takes all"),
        }
        text
    })
}

impl Sink for Seen {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        let role = if leaf.role == Role::Key { "key " } else { "" };
        let kind = format!("{:?}", leaf.kind).to_lowercase();
        let path = text(leaf.path);
        let gap = if path.is_empty() { "" } else { " " };
        self.leaves.push(format!("{role}{kind}{gap}{path} = {}", String::from_utf8_lossy(leaf.bytes)));
        self.raw_bytes.push(leaf.bytes.to_vec());
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
        self.anomalies.push(match anomaly {
            Anomaly::Limit(limit) => limit.name,
            Anomaly::Structure(name) => name,
        });
        ControlFlow::Continue(())
    }

    fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
        self.open += 1;
        ControlFlow::Continue(())
    }

    fn exit(&mut self, _path: &Path, _kind: Container, _span: Range<usize>) -> ControlFlow<()> {
        self.open -= 1;
        ControlFlow::Continue(())
    }
}
