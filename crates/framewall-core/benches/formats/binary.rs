//! The same documents in the binary formats: by the libraries beside where there are any, else by the few lines here.

use serde_json::Value;

use super::Library;

type Document = (&'static str, &'static str, Vec<u8>, Vec<Library>);

/// Every binary format, with chat messages and with numbers.
pub fn all(chat: &[u8], points: &[u8]) -> Vec<Document> {
    let mut documents = Vec::new();
    for (name, json) in [("chat messages", chat), ("numbers and short names", points)] {
        let value: Value = serde_json::from_slice(json).expect("JSON");
        let text = String::from_utf8_lossy(json);
        let mut packed = Vec::new();
        rmpv::encode::write_value(&mut packed, &rmpv::ext::to_value(&value).expect("MessagePack")).expect("a Vec");
        documents.push(("msgpack", name, packed, vec![("rmpv", rmpv as fn(&[u8]) -> bool)]));
        let mut concise = Vec::new();
        ciborium::into_writer(&value, &mut concise).expect("a Vec");
        documents.push(("cbor", name, concise, vec![("ciborium", ciborium as fn(&[u8]) -> bool)]));
        let wrapped = bson::serialize_to_vec(&serde_json::json!({ "all": value })).expect("BSON");
        documents.push(("bson", name, wrapped, vec![("bson", bson as fn(&[u8]) -> bool)]));
        for (format, big) in [("ubjson", true), ("bjdata", false)] {
            let mut out = Vec::new();
            ubjson(&value, big, &mut out);
            documents.push((format, name, out, vec![]));
        }
        let mut out = b":)\n\x00".to_vec();
        smile(&value, &mut out);
        documents.push(("smile", name, out, vec![]));
        let mut out = Vec::new();
        protobuf(&value, 1, &mut out);
        documents.push(("protobuf", name, out, vec![]));
        let mut out = vec![0x80, 1, 0, 1, 0, 0, 0, 1, b'm', 0, 0, 0, 0, thrift_kind(&value), 0, 1];
        thrift(&value, &mut out);
        out.push(0);
        documents.push(("thrift", name, out, vec![]));
        let mut flex = Flex::default();
        documents.push(("flexbuffers", name, flex.document(&value), vec![]));
        documents.push(("ion", name, ion(&value), vec![]));
        documents.push(("avro", name, avro(&value), vec![]));
        documents.push(("ion", name, [b"$ion_1_0 ", text.as_bytes()].concat(), vec![]));
    }
    documents
}

fn rmpv(bytes: &[u8]) -> bool {
    rmpv::decode::read_value(&mut &bytes[..]).is_ok()
}

fn ciborium(bytes: &[u8]) -> bool {
    ciborium::from_reader::<ciborium::Value, _>(bytes).is_ok()
}

fn bson(bytes: &[u8]) -> bool {
    bson::Document::from_reader(bytes).is_ok()
}

fn ubjson(value: &Value, big: bool, out: &mut Vec<u8>) {
    let length = |len: usize, out: &mut Vec<u8>| match u8::try_from(len) {
        Ok(len) => out.extend([b'U', len]),
        Err(_) => {
            out.push(b'l');
            out.extend(if big { (len as i32).to_be_bytes() } else { (len as i32).to_le_bytes() });
        }
    };
    match value {
        Value::Null => out.push(b'Z'),
        Value::Bool(value) => out.push(if *value { b'T' } else { b'F' }),
        Value::Number(number) => match number.as_i64() {
            Some(number) => {
                out.push(b'L');
                out.extend(if big { number.to_be_bytes() } else { number.to_le_bytes() });
            }
            None => {
                let number = number.as_f64().unwrap_or(0.0);
                out.push(b'D');
                out.extend(if big { number.to_be_bytes() } else { number.to_le_bytes() });
            }
        },
        Value::String(text) => {
            out.push(b'S');
            length(text.len(), out);
            out.extend(text.as_bytes());
        }
        Value::Array(parts) => {
            out.push(b'[');
            parts.iter().for_each(|part| ubjson(part, big, out));
            out.push(b']');
        }
        Value::Object(members) => {
            out.push(b'{');
            for (name, member) in members {
                length(name.len(), out);
                out.extend(name.as_bytes());
                ubjson(member, big, out);
            }
            out.push(b'}');
        }
    }
}

fn vint(mut number: u64, out: &mut Vec<u8>) {
    let mut bytes = vec![0x80 | (number & 0x3f) as u8];
    number >>= 6;
    while number > 0 {
        bytes.push((number & 0x7f) as u8);
        number >>= 7;
    }
    bytes.reverse();
    out.extend(bytes);
}

fn smile(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0x21),
        Value::Bool(value) => out.push(if *value { 0x23 } else { 0x22 }),
        Value::Number(number) => match number.as_i64() {
            Some(number) => {
                out.push(0x25);
                vint(((number << 1) ^ (number >> 63)) as u64, out);
            }
            None => {
                out.push(0x29);
                let bits = number.as_f64().unwrap_or(0.0).to_bits();
                out.extend((0..10).rev().map(|group| (bits >> (7 * group) & 0x7f) as u8));
            }
        },
        Value::String(text) if text.len() < 2 => out.extend([0x20]),
        Value::String(text) if text.len() <= 33 => {
            out.push(0x80 + text.len() as u8 - 2);
            out.extend(text.as_bytes());
        }
        Value::String(text) => {
            out.push(0xe4);
            out.extend(text.as_bytes());
            out.push(0xfc);
        }
        Value::Array(parts) => {
            out.push(0xf8);
            parts.iter().for_each(|part| smile(part, out));
            out.push(0xf9);
        }
        Value::Object(members) => {
            out.push(0xfa);
            for (name, member) in members {
                out.push(0x80 + name.len() as u8 - 1);
                out.extend(name.as_bytes());
                smile(member, out);
            }
            out.push(0xfb);
        }
    }
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Members are numbered in their order, elements repeat one field.
fn protobuf(value: &Value, field: u64, out: &mut Vec<u8>) {
    let bytes = |bytes: &[u8], out: &mut Vec<u8>| {
        varint(field << 3 | 2, out);
        varint(bytes.len() as u64, out);
        out.extend(bytes);
    };
    match value {
        Value::Null => {}
        Value::Bool(value) => out.extend([(field << 3) as u8, u8::from(*value)]),
        Value::Number(number) => match number.as_u64() {
            Some(number) => {
                varint(field << 3, out);
                varint(number, out);
            }
            None => {
                varint(field << 3 | 1, out);
                out.extend(number.as_f64().unwrap_or(0.0).to_le_bytes());
            }
        },
        Value::String(text) => bytes(text.as_bytes(), out),
        Value::Array(parts) => parts.iter().for_each(|part| protobuf(part, field, out)),
        Value::Object(members) => {
            let mut inner = Vec::new();
            members.values().zip(1..).for_each(|(member, field)| protobuf(member, field, &mut inner));
            bytes(&inner, out);
        }
    }
}

fn thrift_kind(value: &Value) -> u8 {
    match value {
        Value::Null | Value::Bool(_) => 2,
        Value::Number(number) => {
            if number.is_f64() {
                4
            } else {
                10
            }
        }
        Value::String(_) => 11,
        Value::Array(_) => 15,
        Value::Object(_) => 12,
    }
}

fn thrift(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0),
        Value::Bool(value) => out.push(u8::from(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => out.extend(number.to_be_bytes()),
            None => out.extend(number.as_f64().unwrap_or(0.0).to_be_bytes()),
        },
        Value::String(text) => {
            out.extend((text.len() as i32).to_be_bytes());
            out.extend(text.as_bytes());
        }
        Value::Array(parts) => {
            out.push(parts.first().map_or(2, thrift_kind));
            out.extend((parts.len() as i32).to_be_bytes());
            parts.iter().for_each(|part| thrift(part, out));
        }
        Value::Object(members) => {
            for (member, field) in members.values().zip(1i16..) {
                out.push(thrift_kind(member));
                out.extend(field.to_be_bytes());
                thrift(member, out);
            }
            out.push(0);
        }
    }
}

/// FlexBuffers in which every offset and number has four or eight bytes, and members stay in their order.
#[derive(Default)]
struct Flex {
    out: Vec<u8>,
    keys: std::collections::HashMap<String, usize>,
}

/// A value that was written: its type, and what stands for it in its container.
enum Written {
    Inline(u8, u64),
    Offset(u8, usize),
}

impl Flex {
    fn document(&mut self, value: &Value) -> Vec<u8> {
        let root = self.write(value);
        let kind = self.slot(root);
        self.out.extend([kind, 8]);
        std::mem::take(&mut self.out)
    }

    fn slot(&mut self, written: Written) -> u8 {
        let here = self.out.len();
        let (kind, number) = match written {
            Written::Inline(kind, bits) => (kind, bits),
            Written::Offset(kind, target) => (kind, (here - target) as u64),
        };
        self.out.extend(number.to_le_bytes());
        kind << 2 | 3
    }

    fn vector(&mut self, parts: Vec<Written>) -> usize {
        self.out.extend((parts.len() as u64).to_le_bytes());
        let start = self.out.len();
        let kinds: Vec<u8> = parts.into_iter().map(|part| self.slot(part)).collect();
        self.out.extend(kinds);
        start
    }

    fn write(&mut self, value: &Value) -> Written {
        match value {
            Value::Null => Written::Inline(0, 0),
            Value::Bool(value) => Written::Inline(26, u64::from(*value)),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Written::Inline(1, number as u64),
                None => Written::Inline(3, number.as_f64().unwrap_or(0.0).to_bits()),
            },
            Value::String(text) => {
                self.out.extend((text.len() as u64).to_le_bytes());
                let start = self.out.len();
                self.out.extend(text.as_bytes());
                self.out.push(0);
                Written::Offset(5, start)
            }
            Value::Array(parts) => {
                let parts = parts.iter().map(|part| self.write(part)).collect();
                Written::Offset(10, self.vector(parts))
            }
            Value::Object(members) => {
                let values: Vec<Written> = members.values().map(|member| self.write(member)).collect();
                let mut names = Vec::new();
                for name in members.keys() {
                    let start = self.out.len();
                    let start = *self.keys.entry(name.clone()).or_insert(start);
                    if start == self.out.len() {
                        self.out.extend(name.as_bytes());
                        self.out.push(0);
                    }
                    names.push(Written::Offset(4, start));
                }
                self.out.extend((names.len() as u64).to_le_bytes());
                let keys = self.out.len();
                names.into_iter().for_each(|name| {
                    self.slot(name);
                });
                self.slot(Written::Offset(0, keys));
                self.out.extend(8u64.to_le_bytes());
                Written::Offset(9, self.vector(values))
            }
        }
    }
}

fn ion(value: &Value) -> Vec<u8> {
    let (mut names, mut body) = (Vec::new(), Vec::new());
    ion_value(value, &mut names, &mut body);
    let mut texts = Vec::new();
    names.iter().for_each(|name: &String| ion_blob(8, name.as_bytes(), &mut texts));
    let mut table = vec![0x80 | 7];
    ion_blob(11, &texts, &mut table);
    let mut wrapper = vec![0x81, 0x83];
    ion_blob(13, &table, &mut wrapper);
    let mut out = vec![0xe0, 1, 0, 0xea];
    ion_blob(14, &wrapper, &mut out);
    out.extend(body);
    out
}

fn ion_blob(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.len() < 14 && !(kind == 13 && bytes.len() == 1) {
        out.push(kind << 4 | bytes.len() as u8);
    } else {
        out.push(kind << 4 | 14);
        ion_uint(bytes.len(), out);
    }
    out.extend(bytes);
}

fn ion_uint(mut number: usize, out: &mut Vec<u8>) {
    let mut bytes = vec![0x80 | (number & 0x7f) as u8];
    number >>= 7;
    while number > 0 {
        bytes.push((number & 0x7f) as u8);
        number >>= 7;
    }
    bytes.reverse();
    out.extend(bytes);
}

fn ion_value(value: &Value, names: &mut Vec<String>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0x0f),
        Value::Bool(value) => out.push(0x10 | u8::from(*value)),
        Value::Number(number) => match number.as_u64() {
            Some(number) => {
                let bytes = number.to_be_bytes();
                ion_blob(2, &bytes[number.leading_zeros() as usize / 8..], out);
            }
            None => ion_blob(4, &number.as_f64().unwrap_or(0.0).to_be_bytes(), out),
        },
        Value::String(text) => ion_blob(8, text.as_bytes(), out),
        Value::Array(parts) => {
            let mut inner = Vec::new();
            parts.iter().for_each(|part| ion_value(part, names, &mut inner));
            ion_blob(11, &inner, out);
        }
        Value::Object(members) => {
            let mut inner = Vec::new();
            for (name, member) in members {
                let place = names.iter().position(|known| known == name).unwrap_or_else(|| {
                    names.push(name.clone());
                    names.len() - 1
                });
                ion_uint(place + 10, &mut inner);
                ion_value(member, names, &mut inner);
            }
            ion_blob(13, &inner, out);
        }
    }
}

/// A container file of one array, its schema taken from the first element; members that are null are left null.
fn avro(value: &Value) -> Vec<u8> {
    let (mut out, mut body) = (b"Obj\x01".to_vec(), Vec::new());
    let mut count = 0;
    let schema = avro_schema(value, &mut count).to_string();
    avro_value(value, &mut body);
    zigzag(1, &mut out);
    for text in ["avro.schema", &schema] {
        zigzag(text.len() as i64, &mut out);
        out.extend(text.as_bytes());
    }
    out.push(0);
    out.extend([b's'; 16]);
    zigzag(1, &mut out);
    zigzag(body.len() as i64, &mut out);
    out.extend(body);
    out.extend([b's'; 16]);
    out
}

fn zigzag(number: i64, out: &mut Vec<u8>) {
    varint(((number << 1) ^ (number >> 63)) as u64, out);
}

fn avro_schema(value: &Value, count: &mut usize) -> Value {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "boolean".into(),
        Value::Number(number) => {
            if number.is_f64() {
                "double".into()
            } else {
                "long".into()
            }
        }
        Value::String(_) => "string".into(),
        Value::Array(parts) => serde_json::json!({"type": "array", "items": avro_schema(&parts[0], count)}),
        Value::Object(members) => {
            *count += 1;
            let name = format!("R{count}");
            let fields: Vec<Value> = members
                .iter()
                .map(|(name, member)| serde_json::json!({"name": name, "type": avro_schema(member, count)}))
                .collect();
            serde_json::json!({"type": "record", "name": name, "fields": fields})
        }
    }
}

fn avro_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => {}
        Value::Bool(value) => out.push(u8::from(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => zigzag(number, out),
            None => out.extend(number.as_f64().unwrap_or(0.0).to_le_bytes()),
        },
        Value::String(text) => {
            zigzag(text.len() as i64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(parts) => {
            zigzag(parts.len() as i64, out);
            parts.iter().for_each(|part| avro_value(part, out));
            out.push(0);
        }
        Value::Object(members) => members.values().for_each(|member| avro_value(member, out)),
    }
}
