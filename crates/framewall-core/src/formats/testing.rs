//! What the walkers' tests share: a sink that writes down everything it is told, as text.

use std::ops::{ControlFlow, Range};

use super::{Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Role, Sink};

/// Everything a walk told.
#[derive(Default)]
pub struct Notes {
    /// Leaves, each `path kind text`, keys with a colon after the text.
    pub lines: Vec<String>,
    /// Names of anomalies.
    pub anomalies: Vec<&'static str>,
    /// Raw text each leaf stood for.
    pub spans: Vec<Range<usize>>,
}

impl Sink for Notes {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        let kind = match leaf.kind {
            Kind::Text => "",
            Kind::Number => "number ",
            Kind::Bool => "bool ",
            Kind::Null => "null ",
            Kind::Binary => "binary ",
            Kind::Extension => "ext ",
            Kind::Code => "code ",
            Kind::Raw => "raw ",
        };
        let colon = if leaf.role == Role::Key { ":" } else { "" };
        self.lines.push(format!("{} {kind}{}{colon}", leaf.path, leaf.bytes.escape_ascii()));
        self.spans.push(leaf.span);
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
        self.anomalies.push(match anomaly {
            Anomaly::Limit(limit) => limit.name,
            Anomaly::Structure(name) => name,
        });
        ControlFlow::Continue(())
    }

    fn enter(&mut self, path: &Path, kind: Container) -> ControlFlow<()> {
        self.lines.push(format!("{path} {}", if kind == Container::Map { "{" } else { "[" }));
        self.spans.push(0..0);
        ControlFlow::Continue(())
    }
}

/// Walks with the default budget.
pub fn walk(format: &dyn Format, bytes: &[u8]) -> (Notes, Outcome) {
    let mut notes = Notes::default();
    let outcome = format.walk(bytes, &mut Path::new(), &mut Budget::default(), &mut notes);
    (notes, outcome)
}

/// The lines of a walk that read everything.
#[track_caller]
pub fn leaves(format: &dyn Format, bytes: &[u8]) -> Vec<String> {
    let (notes, outcome) = walk(format, bytes);
    assert_eq!(outcome, Outcome::Complete { consumed: bytes.len() }, "{:?}", notes.lines);
    notes.lines.into_iter().filter(|line| !line.ends_with(['{', '['])).collect()
}
