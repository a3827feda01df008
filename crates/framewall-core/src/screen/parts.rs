//! Where a split's parts go.

use crate::formats::Role;

/// Takes the parts of a message, one after another.
pub trait Parts {
    /// One part: bytes, the format they are said to be in, and whether they are a name.
    fn part(&mut self, bytes: &[u8], hint: &'static str, role: Role);
}

/// A part kept: bytes, hint, role.
pub type Own = (Vec<u8>, &'static str, Role);

impl Parts for Vec<Own> {
    fn part(&mut self, bytes: &[u8], hint: &'static str, role: Role) {
        self.push((bytes.to_vec(), hint, role));
    }
}
