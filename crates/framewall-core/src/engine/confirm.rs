//! Tokenisers by the name that rules call them by.

use super::graphql;
use super::tokens::{self, Hit};

type Judge = fn(&[u8]) -> Option<Hit>;

/// A tokeniser that has the last word on a candidate.
#[derive(Clone, Copy)]
pub struct Confirm(Judge);

#[rustfmt::skip]
const ALL: &[(&str, Judge)] = &[
    ("sql", tokens::sql::judge),
    ("html", tokens::html::judge),
    ("js", tokens::js::judge),
    ("shell", tokens::shell::judge),
    ("url", tokens::url::judge),
    ("template", tokens::template::judge),
    ("jndi", tokens::jndi::judge),
    ("ldap", tokens::ldap::judge),
    ("path", tokens::path::judge),
    ("xpath", tokens::xpath::judge),
    ("graphql", graphql::judge),
];

impl Confirm {
    /// The tokeniser of this name.
    pub fn named(name: &str) -> Option<Confirm> {
        ALL.iter().find(|(known, _)| *known == name).map(|(_, judge)| Confirm(*judge))
    }

    /// Asks it.
    pub fn judge(self, text: &[u8]) -> Option<Hit> {
        (self.0)(text)
    }
}
