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
