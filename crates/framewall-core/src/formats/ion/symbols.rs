//! Ion's symbol tables: numbers to texts.

use std::ops::Range;

/// Symbols 1 to 9 of every document.
const SYSTEM: [&[u8]; 9] = [
    b"$ion",
    b"$ion_1_0",
    b"$ion_symbol_table",
    b"name",
    b"version",
    b"imports",
    b"symbols",
    b"max_id",
    b"$ion_shared_symbol_table",
];

/// The annotation of a local symbol table.
pub(super) const TABLE: u64 = 3;
pub(super) const IMPORTS: u64 = 6;
pub(super) const SYMBOLS: u64 = 7;
pub(super) const MAX_ID: u64 = 8;

/// The table in force.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    local: Vec<(u64, Range<usize>)>,
    next: u64,
}

impl Symbols {
    /// Forgets what a document defined.
    pub fn reset(&mut self) {
        self.local.clear();
        self.next = 0;
    }

    /// Leaves room for symbols imported from tables that are not in the document.
    pub fn import(&mut self, count: u64) {
        self.next = self.next.saturating_add(count);
    }

    /// The next symbol is the text that stands there.
    pub fn add(&mut self, span: Range<usize>) {
        self.local.push((self.next, span));
        self.next = self.next.saturating_add(1);
    }

    /// The text of a symbol, where it is known.
    pub fn text<'d>(&self, number: u64, doc: &'d [u8]) -> Option<&'d [u8]> {
        let system = SYSTEM.len() as u64;
        if number <= system {
            return SYSTEM.get((number as usize).checked_sub(1)?).copied();
        }
        let wanted = number - system - 1;
        // Without imports a symbol stands at its number.
        let own = usize::try_from(wanted).ok().filter(|&own| self.local.get(own).is_some_and(|at| at.0 == wanted));
        let place = match own {
            Some(own) => own,
            None => self.local.binary_search_by_key(&wanted, |&(place, _)| place).ok()?,
        };
        Some(&doc[self.local[place].1.clone()])
    }
}
