//! What the walkers' tests share, those beside them and those of the vectors: a sink that writes down everything it
//! is told, and holds it to what every walker owes.

use std::ops::{ControlFlow, Range};

use super::{Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Role, Sink};

/// Leaves and containers that are written down, and their bytes; of more, only the bytes are.
const KEPT: usize = 2000;
const KEPT_BYTES: usize = 256 << 10;
/// Between the bytes of two leaves; no text has it.
const CUT: u8 = 0xff;

/// One leaf.
pub struct Row {
    /// Where it stands.
    pub path: Path,
    /// Key or value.
    pub role: Role,
    /// Its type.
    pub kind: Kind,
    /// Decoded bytes.
    pub bytes: Vec<u8>,
}

/// Everything a walk told.
#[derive(Default)]
pub struct Notes {
    /// The leaves.
    pub rows: Vec<Row>,
    /// Leaves and containers, each `path kind text`, keys with a colon after the text.
    pub lines: Vec<String>,
    /// Names of anomalies.
    pub anomalies: Vec<&'static str>,
    /// Raw text each line stood for; nothing for a container.
    pub spans: Vec<Range<usize>>,
    /// The bytes of all leaves, with [`CUT`] between them.
    pub told: Vec<u8>,
    /// The furthest byte that a leaf stood for.
    pub end: usize,
    /// Containers entered and not left.
    pub open: i64,
    length: usize,
}

impl Notes {
    /// Of a document of this many bytes.
    pub fn of(length: usize) -> Notes {
        Notes { length, ..Notes::default() }
    }

    /// Whether a leaf holds this.
    pub fn holds(&self, text: &[u8]) -> bool {
        memchr::memmem::find(&self.told, text).is_some()
    }

    #[track_caller]
    fn within(&self, span: &Range<usize>) {
        assert!(span.start <= span.end && span.end <= self.length, "{span:?} in {} bytes", self.length);
    }
}

/// The name of a kind, as vectors have it.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Bool => "bool",
        Kind::Null => "null",
        Kind::Binary => "binary",
        Kind::Extension => "extension",
        Kind::Code => "code",
        Kind::Raw => "raw",
    }
}

impl Sink for Notes {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        self.within(&leaf.span);
        self.end = self.end.max(leaf.span.end);
        self.told.extend_from_slice(leaf.bytes);
        self.told.push(CUT);
        if self.lines.len() < KEPT && self.told.len() < KEPT_BYTES {
            let kind = match leaf.kind {
                Kind::Text => String::new(),
                Kind::Extension => "ext ".to_owned(),
                kind => format!("{} ", kind_name(kind)),
            };
            let colon = if leaf.role == Role::Key { ":" } else { "" };
            self.lines.push(format!("{} {kind}{}{colon}", leaf.path, leaf.bytes.escape_ascii()));
            self.spans.push(leaf.span);
            let (path, bytes) = (leaf.path.clone(), leaf.bytes.to_vec());
            self.rows.push(Row { path, role: leaf.role, kind: leaf.kind, bytes });
        }
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()> {
        self.within(&span);
        self.anomalies.push(match anomaly {
            Anomaly::Limit(limit) => limit.name,
            Anomaly::Structure(name) => name,
        });
        ControlFlow::Continue(())
    }

    fn enter(&mut self, path: &Path, kind: Container) -> ControlFlow<()> {
        self.open += 1;
        if self.lines.len() < KEPT {
            self.lines.push(format!("{path} {}", if kind == Container::Map { "{" } else { "[" }));
            self.spans.push(0..0);
        }
        ControlFlow::Continue(())
    }

    fn exit(&mut self, _path: &Path, _kind: Container, span: Range<usize>) -> ControlFlow<()> {
        self.within(&span);
        self.open -= 1;
        ControlFlow::Continue(())
    }
}

/// Walks with the default budget.
#[track_caller]
pub fn walk(format: &dyn Format, bytes: &[u8]) -> (Notes, Outcome) {
    let (mut notes, mut path) = (Notes::of(bytes.len()), Path::new());
    let outcome = format.walk(bytes, &mut path, &mut Budget::default(), &mut notes);
    assert!(path.is_empty(), "the path was not put back");
    assert!(notes.open == 0 || !matches!(outcome, Outcome::Complete { .. }), "containers left open");
    (notes, outcome)
}

/// The lines of a walk that read everything.
#[track_caller]
pub fn leaves(format: &dyn Format, bytes: &[u8]) -> Vec<String> {
    let (notes, outcome) = walk(format, bytes);
    assert_eq!(outcome, Outcome::Complete { consumed: bytes.len() }, "{:?}", notes.lines);
    notes.lines.into_iter().filter(|line| !line.ends_with(['{', '['])).collect()
}
