//! Data whose schemas the user gave: each by its number in a schema registry, or one for all that has no number.

use std::collections::HashMap;

use super::schema::Schema;
use super::{Avro, FRAME, OBJECT, OBJECT_HEAD, datum};
use crate::formats::tree::Tree;
use crate::formats::{Format, Halted, Likelihood, Walk};

/// A walker of one datum, in registry framing (a zero byte and a schema's number), after a fingerprint, or bare.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    numbered: HashMap<u32, Schema>,
    other: Option<Schema>,
}

impl Registry {
    /// Adds a schema: for data that names this number, or for all data of which the number is not known.
    pub fn add(&mut self, number: Option<u32>, schema: Schema) {
        match number {
            Some(number) => drop(self.numbered.insert(number, schema)),
            None => self.other = Some(schema),
        }
    }

    /// The schema of these bytes, and where their datum begins.
    fn find(&self, bytes: &[u8]) -> Option<(&Schema, usize)> {
        let number = match *bytes {
            [0, a, b, c, d, ..] if bytes.len() > FRAME => Some(u32::from_be_bytes([a, b, c, d])),
            _ => None,
        };
        if let Some(schema) = number.and_then(|number| self.numbered.get(&number)) {
            return Some((schema, FRAME));
        }
        let start = match number {
            _ if bytes.starts_with(OBJECT) && bytes.len() > OBJECT_HEAD => OBJECT_HEAD,
            // Without numbers all framed data is of the one schema; with some, of one that is not known.
            Some(_) if self.numbered.is_empty() => FRAME,
            _ => 0,
        };
        self.other.as_ref().map(|schema| (schema, start))
    }
}

impl Format for Registry {
    fn name(&self) -> &'static str {
        "avro"
    }

    fn sniff(&self, bytes: &[u8]) -> Likelihood {
        Avro.sniff(bytes)
    }

    fn read(&self, bytes: &[u8], walk: &mut Walk<'_>) -> Result<usize, Halted> {
        let mut tree = Tree::new(bytes, walk);
        let Some((schema, start)) = self.find(bytes) else {
            return Err(tree.invalid(0, "no schema of this number is known"));
        };
        tree.at = start;
        tree.step()?;
        datum(&mut tree, schema, schema.root)?;
        Ok(tree.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Outcome;
    use crate::formats::testing::{leaves, walk};

    const SAY: &[u8] = br#"{"type":"record","name":"a.Say","fields":[{"name":"text","type":"string"},
        {"name":"n","type":{"type":"int","logicalType":"date"}},{"name":"next","type":["null","Say"]}]}"#;

    fn schema(json: &[u8]) -> Schema {
        Schema::parse(json).expect("a schema")
    }

    #[test]
    fn data_is_read_by_the_schema_that_the_user_gave() {
        let mut format = Registry::default();
        format.add(None, schema(SAY));
        let wanted = ["text hi", "n number -1", "next.text yo", "next.n number 2", "next.next null null"];
        let datum = b"\x04hi\x01\x02\x04yo\x04\x00";
        assert_eq!(leaves(&format, datum), wanted);
        assert_eq!(leaves(&format, &[&b"\0\0\0\0\x07"[..], datum].concat()), wanted);
        assert_eq!(leaves(&format, &[&b"\xc3\x0112345678"[..], datum].concat()), wanted);
    }

    #[test]
    fn framed_data_is_read_by_the_schema_of_its_number() {
        let mut format = Registry::default();
        format.add(Some(7), schema(SAY));
        format.add(Some(8), schema(br#"{"type":"map","values":"string"}"#));
        assert_eq!(leaves(&format, b"\0\0\0\0\x08\x02\x02k\x04hi\x00"), ["k k:", "k hi"]);
        let unknown = walk(&format, b"\0\0\0\0\x09\x02\x02k\x04hi\x00").1;
        assert!(matches!(unknown, Outcome::Invalid { at: 0, .. }), "{unknown:?}");
    }
}
