//! A look at a document's structure for framework decoders: a flat tape of any format's walk, bounded by its budget.
//!
//! Nothing is converted until asked for. Nodes lie in document order; a container's node knows where the one after
//! its contents is, so that children are reached by hops.

use std::ops::{ControlFlow, Range};

use super::{Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Role, Segment, Sink};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Named members.
    Map,
    /// Ordered elements.
    List,
    /// A leaf.
    Leaf(Kind),
}

/// Decoded bytes: in the document itself, or in the view's own store.
#[derive(Clone, Copy, Debug)]
struct Bytes {
    start: u32,
    end: u32,
    stored: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    shape: Shape,
    key: Option<Bytes>,
    bytes: Bytes,
    span: Range<u32>,
    /// Children, for a container.
    count: u32,
    /// The first entry that is not inside this one.
    next: u32,
}

/// A document's structure. It does not own the document: give it the same bytes again to read from it.
#[derive(Clone, Debug)]
pub struct Tape {
    entries: Vec<Entry>,
    store: Vec<u8>,
    roots: u32,
    outcome: Outcome,
    anomalies: Vec<(Anomaly, Range<usize>)>,
}

/// Documents beyond this are not viewed: offsets are 32 bits wide.
const MAX_DOCUMENT: usize = u32::MAX as usize;

impl Tape {
    /// Reads a document's structure. However it ends, what was read up to there is in the tape.
    pub fn read(format: &dyn Format, document: &[u8], budget: &mut Budget) -> Tape {
        let document = &document[..document.len().min(MAX_DOCUMENT)];
        let mut builder = Builder { document, tape: Tape::empty(), open: Vec::new(), key: None };
        let outcome = format.walk(document, &mut Path::new(), budget, &mut builder);
        let mut tape = builder.done();
        tape.outcome = outcome;
        tape
    }

    fn empty() -> Tape {
        Tape { entries: Vec::new(), store: Vec::new(), roots: 0, outcome: Outcome::Truncated, anomalies: Vec::new() }
    }

    /// How the walk ended.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What was wrong in itself.
    pub fn anomalies(&self) -> &[(Anomaly, Range<usize>)] {
        &self.anomalies
    }

    /// Values that stand side by side at the top: 1 for an ordinary document.
    pub fn roots(&self) -> u32 {
        self.roots
    }

    /// The first top value; `None` for an empty document.
    pub fn root(&self) -> Option<Node> {
        (!self.entries.is_empty()).then_some(Node(0))
    }

    /// The top values.
    pub fn documents(&self) -> Children<'_> {
        Children { tape: self, next: 0, end: self.entries.len() as u32 }
    }

    /// What this node is.
    pub fn shape(&self, node: Node) -> Shape {
        self.entry(node).shape
    }

    /// Where it stands in the document, brackets included, quotes not.
    pub fn span(&self, node: Node) -> Range<usize> {
        let span = &self.entry(node).span;
        span.start as usize..span.end as usize
    }

    /// A leaf's decoded bytes; a container's raw ones.
    pub fn bytes<'a>(&'a self, node: Node, document: &'a [u8]) -> &'a [u8] {
        match self.entry(node) {
            Entry { shape: Shape::Leaf(_), bytes, .. } => self.resolve(*bytes, document),
            _ => document.get(self.span(node)).unwrap_or_default(),
        }
    }

    /// The name a map's child goes by, decoded.
    pub fn key<'a>(&'a self, node: Node, document: &'a [u8]) -> Option<&'a [u8]> {
        self.entry(node).key.map(|key| self.resolve(key, document))
    }

    /// Children of a container; 0 for a leaf.
    pub fn len(&self, node: Node) -> usize {
        self.entry(node).count as usize
    }

    /// A container's children in order, duplicates included.
    pub fn children(&self, node: Node) -> Children<'_> {
        match self.shape(node) {
            Shape::Leaf(_) => Children { tape: self, next: 0, end: 0 },
            _ => Children { tape: self, next: node.0 + 1, end: self.entry(node).next },
        }
    }

    /// The node and everything inside it, in document order.
    pub fn within(&self, node: Node) -> impl Iterator<Item = Node> + use<> {
        (node.0..self.entry(node).next).map(Node)
    }

    fn entry(&self, node: Node) -> &Entry {
        &self.entries[node.0 as usize]
    }

    fn resolve<'a>(&'a self, bytes: Bytes, document: &'a [u8]) -> &'a [u8] {
        let from = if bytes.stored { &self.store } else { document };
        from.get(bytes.start as usize..bytes.end as usize).unwrap_or_default()
    }
}

/// A place in the [`Tape`] it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node(u32);

/// Nodes side by side.
#[derive(Clone, Debug)]
pub struct Children<'a> {
    tape: &'a Tape,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        (self.next < self.end).then(|| {
            let node = Node(self.next);
            self.next = self.tape.entry(node).next;
            node
        })
    }
}

struct Builder<'a> {
    document: &'a [u8],
    tape: Tape,
    open: Vec<u32>,
    key: Option<Bytes>,
}

impl Builder<'_> {
    fn push(&mut self, path: &Path, shape: Shape, bytes: Bytes, span: Range<u32>) {
        let place = self.tape.entries.len() as u32;
        let mut key = self.key.take();
        match self.open.last() {
            Some(&parent) => {
                let parent = &mut self.tape.entries[parent as usize];
                parent.count += 1;
                // Formats that name members elsewhere (record definitions) tell the name by the path alone.
                if let (None, Shape::Map, Some(Segment::Key(name))) = (key, parent.shape, path.last()) {
                    key = Some(self.keep(name));
                }
            }
            None => self.tape.roots += 1,
        }
        self.tape.entries.push(Entry { shape, key, bytes, span, count: 0, next: place + 1 });
    }

    /// Refers to `bytes` where they stand in the document, or keeps a copy.
    fn keep(&mut self, bytes: &[u8]) -> Bytes {
        let offset = (bytes.as_ptr() as usize).wrapping_sub(self.document.as_ptr() as usize);
        if let Some(end) = offset.checked_add(bytes.len())
            && end <= self.document.len()
        {
            return Bytes { start: offset as u32, end: end as u32, stored: false };
        }
        let start = self.tape.store.len();
        self.tape.store.extend_from_slice(bytes);
        Bytes { start: start as u32, end: self.tape.store.len() as u32, stored: true }
    }

    fn close(&mut self, span: Range<u32>) {
        if let Some(place) = self.open.pop() {
            let next = self.tape.entries.len() as u32;
            let entry = &mut self.tape.entries[place as usize];
            (entry.next, entry.span) = (next, span);
        }
    }

    fn done(mut self) -> Tape {
        while let Some(&place) = self.open.last() {
            let start = self.tape.entries[place as usize].span.start;
            self.close(start..self.document.len() as u32);
        }
        self.tape
    }
}

impl Sink for Builder<'_> {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        let bytes = self.keep(leaf.bytes);
        let span = leaf.span.start as u32..leaf.span.end as u32;
        match leaf.role {
            Role::Key => self.key = Some(bytes),
            Role::Value => self.push(leaf.path, Shape::Leaf(leaf.kind), bytes, span),
        }
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()> {
        if self.tape.anomalies.len() < 16 {
            self.tape.anomalies.push((anomaly, span));
        }
        ControlFlow::Continue(())
    }

    fn enter(&mut self, path: &Path, kind: Container) -> ControlFlow<()> {
        let shape = if kind == Container::Map { Shape::Map } else { Shape::List };
        let place = self.tape.entries.len() as u32;
        self.push(path, shape, Bytes { start: 0, end: 0, stored: false }, 0..0);
        self.open.push(place);
        ControlFlow::Continue(())
    }

    fn exit(&mut self, _path: &Path, _kind: Container, span: Range<usize>) -> ControlFlow<()> {
        self.key = None;
        self.close(span.start as u32..span.end as u32);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::Json;
    use super::*;

    fn tape(document: &[u8]) -> Tape {
        Tape::read(&Json, document, &mut Budget::default())
    }

    #[test]
    fn structure_is_reached_by_hops() {
        let document = br#"["new\u0020message",{"text":"hi","text":{"_placeholder":true,"num":0}},[[],1]]"#;
        let tape = tape(document);
        let root = tape.root().unwrap();
        assert_eq!((tape.shape(root), tape.len(root), tape.roots()), (Shape::List, 3, 1));
        let children: Vec<_> = tape.children(root).collect();
        assert_eq!(tape.bytes(children[0], document), b"new message");
        assert_eq!(&document[tape.span(children[1])], &br#"{"text":"hi","text":{"_placeholder":true,"num":0}}"#[..]);
        let keys: Vec<_> = tape.children(children[1]).map(|child| tape.key(child, document).unwrap()).collect();
        assert_eq!(keys, [b"text", b"text"]);
        assert_eq!(tape.within(children[1]).count(), 5);
        assert_eq!(tape.children(children[2]).map(|child| tape.len(child)).collect::<Vec<_>>(), [0, 0]);
    }

    #[test]
    fn an_unended_document_is_viewed_as_far_as_it_goes() {
        let document = br#"{"a":[1,"#;
        let tape = tape(document);
        assert_eq!(tape.outcome(), Outcome::Truncated);
        assert_eq!(tape.len(tape.root().unwrap()), 1);
    }

    #[test]
    fn side_by_side_documents_are_all_there() {
        let document = b"{} [1] 2";
        let tape = tape(document);
        assert_eq!(
            tape.documents().map(|node| tape.shape(node)).collect::<Vec<_>>(),
            [Shape::Map, Shape::List, Shape::Leaf(Kind::Number)]
        );
        assert_eq!(tape.roots(), 3);
    }
}
