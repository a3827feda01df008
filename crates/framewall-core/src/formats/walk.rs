//! One walk in progress: where it is, what it may still spend, and whom it tells.

use std::ops::{ControlFlow, Range};

use super::{Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Role, Sink};
use crate::limits::{self, Limit};

/// The walk is over before its document; why is kept in the [`Walk`]. Empty, so that each step's result is one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halted(());

/// What a walker is given to report to. It charges the budget, keeps depth and path, and remembers how far it came.
pub struct Walk<'a> {
    /// Where the walk is. Push and pop in pairs; [`Walk::key`] pushes for you.
    pub path: &'a mut Path,
    budget: &'a mut Budget,
    sink: &'a mut dyn Sink,
    scalars: bool,
    base: usize,
    depth: u32,
    seen: usize,
    reported: Option<Limit>,
    halt: Option<Outcome>,
}

impl<'a> Walk<'a> {
    /// A walk that starts at this path.
    pub fn new(path: &'a mut Path, budget: &'a mut Budget, sink: &'a mut dyn Sink) -> Walk<'a> {
        let (base, scalars) = (path.len(), sink.wants_scalars());
        Walk { path, budget, sink, scalars, base, depth: 0, seen: 0, reported: None, halt: None }
    }

    /// Goes down to a member and reports its name. The caller pops the path after the value.
    #[inline]
    pub fn key(&mut self, kind: Kind, bytes: &[u8], span: Range<usize>) -> Result<(), Halted> {
        self.path.push_key(bytes);
        self.leaf(Role::Key, kind, bytes, span)
    }

    /// Reports a value at the present path.
    #[inline]
    pub fn value(&mut self, kind: Kind, bytes: &[u8], span: Range<usize>) -> Result<(), Halted> {
        self.leaf(Role::Value, kind, bytes, span)
    }

    /// Reports a key or a value at the present path, for one node.
    #[inline]
    pub fn leaf(&mut self, role: Role, kind: Kind, bytes: &[u8], span: Range<usize>) -> Result<(), Halted> {
        self.node(span.start)?;
        self.seen = self.seen.max(span.end);
        let flow = self.sink.leaf(Leaf { path: self.path, role, kind, bytes, span });
        self.go_on(flow)
    }

    /// Whether scalars are told; if not, [`Walk::untold`] stands for each.
    #[inline]
    pub fn tells_scalars(&self) -> bool {
        self.scalars
    }

    /// A scalar at the present path that nobody looks at, for one node.
    #[inline]
    pub fn untold(&mut self, span: Range<usize>) -> Result<(), Halted> {
        self.node(span.start)?;
        self.seen = self.seen.max(span.end);
        Ok(())
    }

    /// A container begins at the present path, for one node and one level of depth.
    #[inline]
    pub fn enter(&mut self, kind: Container, at: usize) -> Result<(), Halted> {
        if self.too_deep(at)? {
            self.halt = Some(Outcome::Exhausted(limits::FORMAT_DEPTH));
            return Err(Halted(()));
        }
        self.node(at)?;
        self.depth += 1;
        let flow = self.sink.enter(self.path, kind);
        self.go_on(flow)
    }

    /// The container at the present path ended.
    #[inline]
    pub fn exit(&mut self, kind: Container, span: Range<usize>) -> Result<(), Halted> {
        self.depth = self.depth.saturating_sub(1);
        self.seen = self.seen.max(span.end);
        let flow = self.sink.exit(self.path, kind, span);
        self.go_on(flow)
    }

    /// Whether one more container would be too many; if so the cap is reported (once), and a walker that can go on
    /// without descending may.
    #[inline]
    pub fn too_deep(&mut self, at: usize) -> Result<bool, Halted> {
        if self.depth < self.budget.depth {
            return Ok(false);
        }
        self.report(limits::FORMAT_DEPTH, at)?;
        Ok(true)
    }

    /// Containers that may still be opened inside those that are.
    pub fn depth_left(&self) -> u32 {
        self.budget.depth.saturating_sub(self.depth)
    }

    /// Containers now open.
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Takes `count` bytes that a decoding (unescaping, decompressing) is about to produce.
    #[inline]
    pub fn decoded(&mut self, count: usize, at: usize) -> Result<(), Halted> {
        match self.budget.decoded(count) {
            Ok(()) => Ok(()),
            Err(limit) => Err(self.spent(limit, at)),
        }
    }

    /// Takes one node without a leaf: for elements that cost work but show nothing.
    #[inline]
    pub fn node(&mut self, at: usize) -> Result<(), Halted> {
        match self.budget.node() {
            Ok(()) => Ok(()),
            Err(limit) => Err(self.spent(limit, at)),
        }
    }

    /// Nodes that may still be taken: a count of things that take no bytes must not exceed it.
    pub fn nodes_left(&self) -> u32 {
        self.budget.nodes
    }

    /// Reports something wrong in itself.
    pub fn anomaly(&mut self, name: &'static str, span: Range<usize>) -> Result<(), Halted> {
        let flow = self.sink.anomaly(self.path, Anomaly::Structure(name), span);
        self.go_on(flow)
    }

    /// Walks a document that was decoded from `span`, below the present path; everything in it stands at `span`. That
    /// it is not what it should be ends nothing: what cannot be read comes raw. It may go as deep as is left.
    pub fn nested(&mut self, format: &dyn Format, bytes: &[u8], span: Range<usize>) -> Result<Outcome, Halted> {
        self.seen = self.seen.max(span.end);
        let left = self.depth_left();
        let whole = std::mem::replace(&mut self.budget.depth, left);
        let mut placed = Placed { sink: self.sink, span, open: Vec::new() };
        let outcome = format.walk(bytes, self.path, self.budget, &mut placed);
        self.budget.depth = whole;
        let Placed { span, open, .. } = placed;
        if outcome == Outcome::Stopped {
            self.halt = Some(outcome);
            return Err(Halted(()));
        }
        // What a broken document leaves open ends with it.
        for kind in open.into_iter().rev() {
            let flow = self.sink.exit(self.path, kind, span.clone());
            self.go_on(flow)?;
        }
        Ok(outcome)
    }

    /// The bytes up to here need not be given raw, should the walk halt: they are punctuation, or were reported.
    #[inline]
    pub fn saw(&mut self, end: usize) {
        self.seen = self.seen.max(end);
    }

    /// Ends the walk: not this format from `at` on.
    #[cold]
    pub fn invalid(&mut self, at: usize, why: &'static str) -> Halted {
        self.halt = Some(Outcome::Invalid { at, why });
        Halted(())
    }

    /// Ends the walk: the input ended inside the document.
    #[cold]
    pub fn truncated(&mut self) -> Halted {
        self.halt = Some(Outcome::Truncated);
        Halted(())
    }

    /// Ends the walk: this limit is reached, and reported.
    #[cold]
    pub fn spent(&mut self, limit: Limit, at: usize) -> Halted {
        match self.report(limit, at) {
            Ok(()) => {
                self.halt = Some(Outcome::Exhausted(limit));
                Halted(())
            }
            Err(stopped) => stopped,
        }
    }

    /// Whether the sink broke off.
    pub fn stopped(&self) -> bool {
        self.halt == Some(Outcome::Stopped)
    }

    /// After a halt, gives bytes raw that [`Walk::finish`] cannot know of: not read in order, or unpacked.
    pub fn raw(&mut self, bytes: &[u8], span: Range<usize>) -> Result<(), Halted> {
        self.seen = self.seen.max(span.end);
        let leaf = Leaf { path: self.path, role: Role::Value, kind: Kind::Raw, bytes, span };
        let flow = self.sink.leaf(leaf);
        self.go_on(flow)
    }

    /// What the walk came to. Gives the unread rest as a raw leaf, and puts the path back.
    pub fn finish(mut self, bytes: &[u8], read: Result<usize, Halted>) -> Outcome {
        let outcome = match (read, self.halt.take(), self.reported) {
            (Ok(_), None, Some(limit)) => Outcome::Exhausted(limit),
            (Ok(consumed), None, None) => return self.end(Outcome::Complete { consumed }),
            (_, halt, _) => halt.unwrap_or(Outcome::Stopped),
        };
        let rest = self.seen;
        if outcome != Outcome::Stopped && rest < bytes.len() {
            let span = rest..bytes.len();
            let leaf = Leaf { path: self.path, role: Role::Value, kind: Kind::Raw, bytes: &bytes[rest..], span };
            if self.sink.leaf(leaf).is_break() {
                return self.end(Outcome::Stopped);
            }
        }
        self.end(outcome)
    }

    fn end(self, outcome: Outcome) -> Outcome {
        self.path.truncate(self.base);
        outcome
    }

    #[cold]
    fn report(&mut self, limit: Limit, at: usize) -> Result<(), Halted> {
        if self.reported == Some(limit) {
            return Ok(());
        }
        self.reported = Some(limit);
        let flow = self.sink.anomaly(self.path, Anomaly::Limit(limit), at..at);
        self.go_on(flow)
    }

    #[inline]
    fn go_on(&mut self, flow: ControlFlow<()>) -> Result<(), Halted> {
        if flow.is_break() {
            self.halt = Some(Outcome::Stopped);
            return Err(Halted(()));
        }
        Ok(())
    }
}

/// Passes on what a nested walk tells, at the place of the whole.
struct Placed<'a> {
    sink: &'a mut dyn Sink,
    span: Range<usize>,
    open: Vec<Container>,
}

impl Sink for Placed<'_> {
    fn wants_scalars(&self) -> bool {
        self.sink.wants_scalars()
    }

    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        self.sink.leaf(Leaf { span: self.span.clone(), ..leaf })
    }

    fn anomaly(&mut self, path: &Path, anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
        self.sink.anomaly(path, anomaly, self.span.clone())
    }

    fn enter(&mut self, path: &Path, kind: Container) -> ControlFlow<()> {
        self.open.push(kind);
        self.sink.enter(path, kind)
    }

    fn exit(&mut self, path: &Path, kind: Container, _span: Range<usize>) -> ControlFlow<()> {
        self.open.pop();
        self.sink.exit(path, kind, self.span.clone())
    }
}
