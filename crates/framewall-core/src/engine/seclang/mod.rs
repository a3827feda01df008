//! Rules imported from ModSecurity's language, run natively beside our own.
//!
//! Such a rule brings its own transformations, so it is read on the field as the format gave it. Transformations form
//! a tree that all rules share; each distinct text in it is searched once for the literals that the rules' patterns
//! require, and only rules with a literal in their text run. Linear: patterns are automata, chains are short.

mod operator;
mod set;
mod spec;
mod transform;

pub use set::{SecError, SecSet};
pub use spec::{CheckSpec, SecSpec, Subject};

impl super::Engine {
    /// The imported rules that hold for one text as a field of its own, by id: no views, no exceptions, no levels.
    pub fn imported_matches(&self, text: &[u8], key: bool) -> Vec<&str> {
        self.imported.run(text, key, b"").into_iter().map(|found| &*self.rules[usize::from(found.number)].id).collect()
    }
}
