//! An Avro schema: what its JSON says, as types that refer to one another.

use std::collections::HashMap;
use std::rc::Rc;

use crate::formats::json::Json;
use crate::formats::view::{Node, Shape, Tape};
use crate::formats::{Budget, Kind, Outcome};

/// How deep a record of empty records is known to be empty.
const EMPTY_ROUNDS: usize = 8;

/// The longest name or namespace of a schema that is read, in bytes.
const LONGEST_NAME: usize = 256;

/// A type's place in its schema.
pub type TypeId = usize;

/// One type, as far as reading it differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `int` or `long`
    Long,
    /// `float`
    Float,
    /// `double`
    Double,
    /// `bytes`
    Bytes,
    /// `string`
    Text,
    /// `fixed`, of so many bytes
    Fixed(u64),
    /// `enum`, its symbols
    Enum(Vec<String>),
    /// `record`, its fields in order
    Record(Vec<(String, TypeId)>),
    /// `array`
    List(TypeId),
    /// `map`
    Map(TypeId),
    /// A union's branches
    Union(Vec<TypeId>),
}

impl Type {
    /// Whether it is told to nobody who looks at texts alone.
    #[inline]
    pub fn is_scalar(&self) -> bool {
        matches!(self, Type::Null | Type::Boolean | Type::Long | Type::Float | Type::Double)
    }
}

/// A schema, every name in it resolved.
#[derive(Clone, Debug)]
pub struct Schema {
    types: Vec<Type>,
    empty: Vec<bool>,
    /// The outermost type.
    pub root: TypeId,
}

impl Schema {
    /// Reads a schema's JSON; `None` where it is none, or names a type that it does not define.
    pub fn parse(json: &[u8]) -> Option<Schema> {
        let tape = Tape::read(&Json, json, &mut Budget::default());
        let root = tape.root().filter(|_| matches!(tape.outcome(), Outcome::Complete { .. }))?;
        let mut reader = Reader { json, tape: &tape, drafts: vec![None], names: HashMap::new(), todo: Vec::new() };
        reader.todo.push((root, 0, Rc::from("")));
        while let Some((node, id, space)) = reader.todo.pop() {
            reader.draft(node, id, &space)?;
        }
        reader.finish()
    }

    /// A container file's metadata: a map of bytes.
    pub(super) fn of_metadata() -> Schema {
        Schema { types: vec![Type::Map(1), Type::Bytes], empty: vec![false, false], root: 0 }
    }

    pub(super) fn kind(&self, id: TypeId) -> &Type {
        &self.types[id]
    }

    /// Whether values of the type take no bytes at all.
    pub(super) fn is_empty(&self, id: TypeId) -> bool {
        self.empty[id]
    }

    pub(super) fn field(&self, record: TypeId, index: usize) -> Option<(&str, TypeId)> {
        match &self.types[record] {
            Type::Record(fields) => fields.get(index).map(|(name, of)| (name.as_str(), *of)),
            _ => None,
        }
    }

    fn new(types: Vec<Type>, root: TypeId) -> Schema {
        let mut empty = vec![false; types.len()];
        // A round settles what holds only what is settled; a few serve every schema that means it.
        for _ in 0..EMPTY_ROUNDS {
            for (id, kind) in types.iter().enumerate() {
                let is_empty = match kind {
                    Type::Null | Type::Fixed(0) => true,
                    Type::Record(fields) => fields.iter().all(|&(_, of)| empty[of]),
                    _ => false,
                };
                empty[id] |= is_empty;
            }
        }
        Schema { types, empty, root }
    }
}

enum Draft {
    Known(Type),
    /// A name, in the namespace where it is used.
    Named(String, Rc<str>),
}

struct Reader<'a> {
    json: &'a [u8],
    tape: &'a Tape,
    drafts: Vec<Option<Draft>>,
    names: HashMap<String, TypeId>,
    todo: Vec<(Node, TypeId, Rc<str>)>,
}

impl Reader<'_> {
    fn text(&self, node: Node) -> String {
        String::from_utf8_lossy(self.tape.bytes(node, self.json)).into_owned()
    }

    fn name(&self, node: Node) -> Option<String> {
        if self.tape.bytes(node, self.json).len() > LONGEST_NAME { None } else { Some(self.text(node)) }
    }

    fn member(&self, node: Node, name: &str) -> Option<Node> {
        self.tape.children(node).find(|&child| self.tape.key(child, self.json) == Some(name.as_bytes()))
    }

    /// A place for a type that is read later.
    fn later(&mut self, node: Node, space: &Rc<str>) -> TypeId {
        self.drafts.push(None);
        let id = self.drafts.len() - 1;
        self.todo.push((node, id, Rc::clone(space)));
        id
    }

    fn draft(&mut self, node: Node, id: TypeId, space: &Rc<str>) -> Option<()> {
        let draft = match self.tape.shape(node) {
            Shape::Leaf(Kind::Text) => {
                let name = self.name(node)?;
                primitive(&name).map_or_else(|| Draft::Named(name, Rc::clone(space)), Draft::Known)
            }
            Shape::List => {
                let branches: Vec<Node> = self.tape.children(node).collect();
                Draft::Known(Type::Union(branches.into_iter().map(|branch| self.later(branch, space)).collect()))
            }
            Shape::Map => return self.complex(node, id, space),
            Shape::Leaf(_) => return None,
        };
        self.drafts[id] = Some(draft);
        Some(())
    }

    fn complex(&mut self, node: Node, id: TypeId, space: &Rc<str>) -> Option<()> {
        let kind = self.member(node, "type")?;
        let word = if self.tape.shape(kind) == Shape::Leaf(Kind::Text) { self.text(kind) } else { String::new() };
        let space = match word.as_str() {
            "record" | "error" | "enum" | "fixed" => self.define(node, id, space)?,
            _ => Rc::clone(space),
        };
        let known = match word.as_str() {
            "record" | "error" => {
                let fields: Vec<Node> = self.tape.children(self.member(node, "fields")?).collect();
                let mut of = Vec::with_capacity(fields.len());
                for field in fields {
                    let name = self.text(self.member(field, "name")?);
                    let kind = self.member(field, "type")?;
                    of.push((name, self.later(kind, &space)));
                }
                Type::Record(of)
            }
            "enum" => {
                let symbols = self.tape.children(self.member(node, "symbols")?);
                Type::Enum(symbols.map(|symbol| self.text(symbol)).collect())
            }
            "fixed" => Type::Fixed(self.text(self.member(node, "size")?).parse().ok()?),
            "array" => {
                let items = self.member(node, "items")?;
                Type::List(self.later(items, &space))
            }
            "map" => {
                let values = self.member(node, "values")?;
                Type::Map(self.later(values, &space))
            }
            // A primitive with attributes, or a type within a type.
            _ => {
                self.todo.push((kind, id, space));
                return Some(());
            }
        };
        self.drafts[id] = Some(Draft::Known(known));
        Some(())
    }

    /// Notes a named type; gives the namespace inside it.
    fn define(&mut self, node: Node, id: TypeId, space: &str) -> Option<Rc<str>> {
        let name = self.name(self.member(node, "name")?)?;
        let own = match self.member(node, "namespace") {
            Some(own) => self.name(own)?,
            None => space.to_owned(),
        };
        let full = if name.contains('.') { name } else { qualified(&own, &name) };
        let inside = full.rsplit_once('.').map(|(space, _)| Rc::from(space)).unwrap_or_default();
        self.names.insert(full, id);
        Some(inside)
    }

    fn finish(self) -> Option<Schema> {
        let mut target: Vec<TypeId> = (0..self.drafts.len()).collect();
        for (id, draft) in self.drafts.iter().enumerate() {
            if let Draft::Named(name, space) = draft.as_ref()? {
                target[id] = *self.names.get(&qualified(space, name)).or_else(|| self.names.get(name))?;
            }
        }
        let mut types = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts {
            let mut kind = match draft? {
                Draft::Known(kind) => kind,
                Draft::Named(..) => Type::Null,
            };
            match &mut kind {
                Type::Record(fields) => fields.iter_mut().for_each(|(_, of)| *of = target[*of]),
                Type::List(of) | Type::Map(of) => *of = target[*of],
                Type::Union(branches) => branches.iter_mut().for_each(|of| *of = target[*of]),
                _ => {}
            }
            types.push(kind);
        }
        let union_in_union = types.iter().any(|kind| match kind {
            Type::Union(branches) => branches.iter().any(|&of| matches!(types[of], Type::Union(_))),
            _ => false,
        });
        if union_in_union { None } else { Some(Schema::new(types, target[0])) }
    }
}

fn qualified(space: &str, name: &str) -> String {
    if space.is_empty() || name.contains('.') { name.to_owned() } else { format!("{space}.{name}") }
}

fn primitive(name: &str) -> Option<Type> {
    Some(match name {
        "null" => Type::Null,
        "boolean" => Type::Boolean,
        "int" | "long" => Type::Long,
        "float" => Type::Float,
        "double" => Type::Double,
        "bytes" => Type::Bytes,
        "string" => Type::Text,
        _ => return None,
    })
}
