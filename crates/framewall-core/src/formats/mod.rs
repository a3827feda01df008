//! Walkers: one data format a file, bytes in, leaves out. Iterative, bounded, never building the object.
//!
//! A walker yields *every* key and value it meets, with path and raw span, duplicates included, and is as
//! lenient as the laxest back end. It charges everything to one [`Budget`] shared by the whole message.
//!
//! To add a format: a file with a [`Format`], a line in [`ALL`], a folder `vectors/formats/<name>/`.

use std::ops::{ControlFlow, Range};

pub mod avro;
pub mod bson;
mod budget;
pub mod cbor;
pub mod csv;
pub mod flexbuffers;
pub mod form;
pub mod ion;
pub mod json;
pub mod jwt;
pub mod msgpack;
pub mod multipart;
mod path;
mod probe;
pub mod protobuf;
pub mod smile;
pub mod sniff;
#[cfg(test)]
#[allow(dead_code, reason = "the tests of the vectors read more of it")]
mod testing;
pub mod text;
pub mod thrift;
mod tree;
pub mod ubjson;
pub mod view;
mod walk;
pub mod xml;
pub mod yaml;

pub use budget::Budget;
pub use path::{Path, Segment};
pub use walk::{Halted, Walk};

use crate::limits::Limit;

/// Every format that is walked, in the order in which equally likely readings are judged.
#[rustfmt::skip]
pub const ALL: &[&dyn Format] = &[
    &json::Json,
    &jwt::Jwt,
    &multipart::Multipart,
    &xml::Xml,
    &form::Form,
    &csv::Csv,
    &yaml::Yaml,
    &text::Text,
    &msgpack::MsgPack,
    &cbor::Cbor,
    &bson::Bson,
    &ubjson::UbJson,
    &ubjson::BjData,
    &smile::Smile,
    &protobuf::Protobuf,
    &flexbuffers::FlexBuffers,
    &avro::Avro,
    &ion::Ion,
    &thrift::Thrift,
];

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    ALL.iter().copied().find(|format| format.name() == name)
}

/// Whether the text stood where a name or where a value belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// An object key, a header name, a form field's name.
    Key,
    /// Everything else.
    Value,
}

/// What a leaf was in its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text, unescaped (JSON `"\u003c"` arrives as `<`); bytes need not be valid UTF-8.
    Text,
    /// A number, as its canonical or literal text.
    Number,
    /// `true` or `false`.
    Bool,
    /// Null, undefined and their like.
    Null,
    /// Bytes that the format itself calls binary.
    Binary,
    /// An extension, tag or typed blob; the type is the last path segment's business.
    Extension,
    /// Code that the format says is executable (BSON JavaScript).
    Code,
    /// What the walker could not or may not read, undecoded: the rest after an error or a cap.
    Raw,
}

/// One key or value.
#[derive(Clone, Debug)]
pub struct Leaf<'a> {
    /// The leaf's own path; for a [`Role::Key`] leaf it ends with that key.
    pub path: &'a Path,
    /// Key or value.
    pub role: Role,
    /// Its type in the format.
    pub kind: Kind,
    /// Decoded bytes.
    pub bytes: &'a [u8],
    /// Where it stands, raw, in the document handed to the walker (quotes and headers excluded where the format allows).
    pub span: Range<usize>,
}

/// Something that is wrong or dangerous in itself, whatever the leaves say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anomaly {
    /// A cap was reached: a `data_bomb`.
    Limit(Limit),
    /// Structure that attacks (a DOCTYPE, a YAML tag, a count that lies): name from the format's own words.
    Structure(&'static str),
}

/// Receives what a walker finds. Breaking stops the walk (its outcome is then [`Outcome::Stopped`]).
pub trait Sink {
    /// One key or value.
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()>;
    /// Something wrong in itself, at this path and span.
    fn anomaly(&mut self, path: &Path, anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()>;
    /// Whether numbers, truth values and nulls are to be told as leaves. Who looks at texts alone is spared making texts
    /// of them; each costs its node all the same. A number that not every parser reads is told in any case.
    fn wants_scalars(&self) -> bool {
        true
    }
    /// A container begins at this path: lets structural checks see `{}` where a scalar is usual.
    fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
    /// The container at this path ended; `span` is its raw extent in the document.
    fn exit(&mut self, _path: &Path, _kind: Container, _span: Range<usize>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// The two shapes of container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    /// Named members.
    Map,
    /// Ordered elements.
    List,
}

/// How a walk ended. Whatever it says, the leaves already given stand, and what was not read came as [`Kind::Raw`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A whole document; `consumed` bytes of the input, the rest being somebody else's.
    Complete {
        /// Bytes read.
        consumed: usize,
    },
    /// Not this format from byte `at` on.
    Invalid {
        /// Offset of the first wrong byte.
        at: usize,
        /// What was wrong, for a person.
        why: &'static str,
    },
    /// The input ended inside the document.
    Truncated,
    /// The budget ran out; the anomaly has been reported to the sink.
    Exhausted(Limit),
    /// The sink broke off.
    Stopped,
}

/// How strongly the first bytes look like a format: 0 is no, 100 is a magic number.
pub type Likelihood = u8;

/// One data format. Implement [`Format::read`]; call [`Format::walk`].
pub trait Format: Sync {
    /// Name in chains and hints: `json`, `msgpack`.
    fn name(&self) -> &'static str;
    /// Whether a document may begin with this byte. Only a filter before [`Format::sniff`]: answer yes when unsure.
    fn opens(&self, _first: u8) -> bool {
        true
    }
    /// Reads a few bytes and guesses; never reads the whole document. A document that a back end would accept gets
    /// at least [`sniff::PLAUSIBLE`], else it is not judged in this reading unless something hints at it.
    fn sniff(&self, bytes: &[u8]) -> Likelihood;
    /// Reads one document, telling `walk` everything; the bytes consumed, or why it halted.
    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted>;
    /// Walks one document. Paths go on from `path`, which is the same afterwards; what cannot be read is given raw.
    fn walk(&self, bytes: &[u8], path: &mut Path, budget: &mut Budget, sink: &mut dyn Sink) -> Outcome {
        let mut walk = Walk::new(path, budget, sink);
        let read = self.read(bytes, &mut walk);
        walk.finish(bytes, read)
    }
}
