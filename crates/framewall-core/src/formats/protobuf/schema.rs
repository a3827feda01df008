//! The user's descriptors: a `FileDescriptorSet`, as `protoc --include_imports --descriptor_set_out` writes it.
//!
//! Only what names and types fields is read (descriptor.proto: file 1, package 2, message 4, field 2, nested 3).

use std::collections::HashMap;

use super::varint;
use crate::formats::{Format, Halted, Likelihood, Walk};

/// A field's type, as far as reading it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `double`
    Double,
    /// `float`
    Float,
    /// `int32`, `int64`, enums
    Int,
    /// `uint32`, `uint64`
    UInt,
    /// `sint32`, `sint64`
    SInt,
    /// `fixed64`
    Fixed64,
    /// `sfixed64`
    SFixed64,
    /// `fixed32`
    Fixed32,
    /// `sfixed32`
    SFixed32,
    /// `bool`
    Bool,
    /// `string`
    Text,
    /// `bytes`
    Bytes,
    /// A message or group.
    Message,
}

impl Type {
    fn new(number: u64) -> Option<Type> {
        Some(match number {
            1 => Type::Double,
            2 => Type::Float,
            3 | 5 | 14 => Type::Int,
            4 | 13 => Type::UInt,
            6 => Type::Fixed64,
            7 => Type::Fixed32,
            8 => Type::Bool,
            9 => Type::Text,
            10 | 11 => Type::Message,
            12 => Type::Bytes,
            15 => Type::SFixed32,
            16 => Type::SFixed64,
            17 | 18 => Type::SInt,
            _ => return None,
        })
    }

    /// The wire type of one unpacked value.
    pub(super) fn wire(self) -> u64 {
        match self {
            Type::Double | Type::Fixed64 | Type::SFixed64 => 1,
            Type::Float | Type::Fixed32 | Type::SFixed32 => 5,
            Type::Text | Type::Bytes | Type::Message => 2,
            Type::Int | Type::UInt | Type::SInt | Type::Bool => 0,
        }
    }
}

/// One field of a message.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// The full name of its message type, without the leading dot; else empty.
    pub type_name: String,
}

/// One message type.
#[derive(Clone, Debug, Default)]
pub struct Message {
    fields: HashMap<u64, Field>,
}

impl Message {
    /// The field of this number.
    pub fn field(&self, number: u64) -> Option<&Field> {
        self.fields.get(&number)
    }
}

/// All message types of a descriptor set, by full name.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    messages: HashMap<String, Message>,
}

/// Bytes that are no `FileDescriptorSet`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADescriptorSet;

impl std::fmt::Display for NotADescriptorSet {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("not a FileDescriptorSet: make one with protoc --include_imports --descriptor_set_out=FILE")
    }
}

impl std::error::Error for NotADescriptorSet {}

impl Schema {
    /// Reads a serialised `FileDescriptorSet`.
    pub fn parse(bytes: &[u8]) -> Result<Schema, NotADescriptorSet> {
        let mut schema = Schema::default();
        // Messages still to read, with the name of what they stand in.
        let mut nested: Vec<(String, &[u8])> = Vec::new();
        for file in fields(bytes)?.into_iter().filter(|part| part.number == 1) {
            let parts = fields(file.bytes)?;
            let package = text(&parts, 2);
            nested.extend(parts.iter().filter(|part| part.number == 4).map(|part| (package.clone(), part.bytes)));
        }
        while let Some((outer, bytes)) = nested.pop() {
            let parts = fields(bytes)?;
            let name = if outer.is_empty() { text(&parts, 1) } else { format!("{outer}.{}", text(&parts, 1)) };
            let mut message = Message::default();
            for part in &parts {
                match part.number {
                    2 => drop(field(part.bytes)?.map(|(number, field)| message.fields.insert(number, field))),
                    3 => nested.push((name.clone(), part.bytes)),
                    _ => {}
                }
            }
            schema.messages.insert(name, message);
        }
        if schema.messages.is_empty() { Err(NotADescriptorSet) } else { Ok(schema) }
    }

    /// The message type of this full name: `package.Outer.Inner`.
    pub fn message(&self, name: &str) -> Option<&Message> {
        self.messages.get(name)
    }
}

/// A walker for one message type of a schema.
#[derive(Clone, Debug)]
pub struct Described {
    schema: Schema,
    message: String,
}

impl Described {
    /// Reads messages of the type `message`; `None` where the schema has no such type.
    pub fn new(schema: Schema, message: &str) -> Option<Described> {
        schema.message(message)?;
        Some(Described { schema, message: message.to_owned() })
    }
}

impl Format for Described {
    fn name(&self) -> &'static str {
        "protobuf"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        super::Protobuf.sniff(bytes)
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        super::read(bytes, walk, self.schema.message(&self.message).map(|message| (&self.schema, message)))
    }
}

struct Part<'a> {
    number: u64,
    value: u64,
    bytes: &'a [u8],
}

fn fields(bytes: &[u8]) -> Result<Vec<Part<'_>>, NotADescriptorSet> {
    let (mut at, mut parts) = (0, Vec::new());
    while at < bytes.len() {
        let tag = varint(bytes, &mut at).ok_or(NotADescriptorSet)?;
        let mut part = Part { number: tag >> 3, value: 0, bytes: &[] };
        let len = match tag & 7 {
            0 => {
                part.value = varint(bytes, &mut at).ok_or(NotADescriptorSet)?;
                0
            }
            1 => 8,
            5 => 4,
            2 => varint(bytes, &mut at).and_then(|len| usize::try_from(len).ok()).ok_or(NotADescriptorSet)?,
            _ => return Err(NotADescriptorSet),
        };
        let end = at.checked_add(len).ok_or(NotADescriptorSet)?;
        part.bytes = bytes.get(at..end).ok_or(NotADescriptorSet)?;
        at = end;
        parts.push(part);
    }
    Ok(parts)
}

fn text(parts: &[Part<'_>], number: u64) -> String {
    let part = parts.iter().rfind(|part| part.number == number);
    part.map(|part| String::from_utf8_lossy(part.bytes).into_owned()).unwrap_or_default()
}

/// A `FieldDescriptorProto`: name 1, number 3, type 5, type name 6.
fn field(bytes: &[u8]) -> Result<Option<(u64, Field)>, NotADescriptorSet> {
    let parts = fields(bytes)?;
    let number = |number| parts.iter().rfind(|part| part.number == number).map_or(0, |part| part.value);
    let type_name = text(&parts, 6).trim_start_matches('.').to_owned();
    Ok(Type::new(number(5)).map(|kind| (number(3), Field { name: text(&parts, 1), kind, type_name })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::leaves;

    fn part(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, bytes.len() as u8], bytes].concat()
    }

    fn field(name: &str, number: u8, kind: u8, type_name: &str) -> Vec<u8> {
        let mut field = [part(1, name.as_bytes()), vec![3 << 3, number, 5 << 3, kind]].concat();
        field.extend(part(6, type_name.as_bytes()));
        part(2, &field)
    }

    /// `package chat; message Say { string text = 1; sint32 n = 2; repeated int32 many = 3; Who who = 4;
    /// bytes blob = 5; message Who { string name = 1; } }`
    fn described() -> Described {
        let who = [part(1, b"Who"), field("name", 1, 9, "")].concat();
        let say = [
            part(1, b"Say"),
            field("text", 1, 9, ""),
            field("n", 2, 17, ""),
            field("many", 3, 5, ""),
            field("who", 4, 11, ".chat.Say.Who"),
            field("blob", 5, 12, ""),
            part(3, &who),
        ];
        let file = [part(2, b"chat"), part(4, &say.concat())].concat();
        // The set holds one file, whose length takes two bytes.
        let set = [&[1 << 3 | 2, file.len() as u8 & 0x7f | 0x80, (file.len() >> 7) as u8], &file[..]].concat();
        let schema = Schema::parse(&set).expect("a schema");
        Described::new(schema, "chat.Say").expect("a message")
    }

    #[test]
    fn fields_have_their_names_and_types() {
        let data = b"\x0a\x03<b>\x10\x03\x1a\x02\x05\x06\x22\x05\x0a\x03ann\x2a\x02\x08\x01\x9a\x06\x01z";
        assert_eq!(
            leaves(&described(), data),
            [
                "text <b>",
                "n number -2",
                "many[0] number 5",
                "many[1] number 6",
                "who.name ann",
                "blob binary \\x08\\x01",
                "[\"99\"] z"
            ]
        );
    }

    #[test]
    fn what_is_no_descriptor_set_is_refused() {
        assert!(Schema::parse(b"syntax = \"proto3\";").is_err());
        assert!(Schema::parse(b"").is_err());
    }

    #[test]
    fn a_message_that_is_not_described_is_refused() {
        assert!(Described::new(Schema::default(), "chat.Say").is_none());
    }
}
