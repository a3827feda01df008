//! What every walker's target holds: no panic, and nothing given that was not there or paid for.

use std::ops::{ControlFlow, Range};

use framewall_core::formats::{Anomaly, Budget, Container, Kind, Leaf, Outcome, Path, Sink, by_name};

#[derive(Default)]
struct Ledger {
    len: usize,
    nodes: u64,
    bytes: u64,
    open: i64,
    deepest: i64,
}

impl Sink for Ledger {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        assert!(leaf.span.start <= leaf.span.end && leaf.span.end <= self.len, "span {:?} of {}", leaf.span, self.len);
        if leaf.kind != Kind::Raw {
            self.nodes += 1;
            self.bytes += leaf.bytes.len() as u64;
        }
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, _anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()> {
        assert!(span.start <= span.end && span.end <= self.len, "span {span:?} of {}", self.len);
        ControlFlow::Continue(())
    }

    fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
        self.nodes += 1;
        self.open += 1;
        self.deepest = self.deepest.max(self.open);
        ControlFlow::Continue(())
    }

    fn exit(&mut self, _path: &Path, _kind: Container, span: Range<usize>) -> ControlFlow<()> {
        assert!(span.start <= span.end && span.end <= self.len, "span {span:?} of {}", self.len);
        self.open -= 1;
        ControlFlow::Continue(())
    }
}

/// Walks `data` as the format of this name.
pub fn walk(name: &str, data: &[u8]) {
    let format = by_name(name).expect("a format");
    let mut budget = Budget { nodes: 2000, bytes: 1 << 16, ..Budget::default() };
    let (nodes, bytes) = (u64::from(budget.nodes), budget.bytes);
    let mut ledger = Ledger { len: data.len(), ..Ledger::default() };
    let mut path = Path::new();
    let outcome = format.walk(data, &mut path, &mut budget, &mut ledger);
    assert!(path.is_empty(), "the path is not put back");
    assert!(ledger.nodes <= nodes, "{} nodes of {nodes}", ledger.nodes);
    assert!(ledger.deepest <= i64::from(budget.depth));
    // Names given to keys and numbers take a few bytes that nothing charges.
    let paid = 2 * data.len() as u64 + (bytes - budget.bytes) + 48 * ledger.nodes;
    assert!(ledger.bytes <= paid, "{} bytes given, {paid} paid", ledger.bytes);
    if let Outcome::Complete { consumed } = outcome {
        assert!(consumed <= data.len());
        assert_eq!(ledger.open, 0, "containers left open");
    }
    let _ = format.sniff(data);
}
