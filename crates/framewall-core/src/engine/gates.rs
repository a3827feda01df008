//! Gates: which rules a text is worth trying, from one pass over all rules' literals.
//!
//! A rule's gate is a choice of clauses, one of which must hold; a clause is a list of sets of literals, each of which
//! must have a member in the text. `%comspec%|for … %i in (` is worth trying where `%comspec` stands, or where `for`
//! and `%` and `in` stand.

use std::cmp::Reverse;
use std::collections::HashMap;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::{Anchored, MatchKind, StartKind, dfa};

use super::literals::{Clause, Set};
use super::views::ByteSet;

/// Words of 64 sets that are kept on the stack while a text is read.
const WORDS: usize = 24;
/// Bytes of a literal that are looked for; more would only make the automaton larger.
const LONGEST: usize = 8;
/// Places at which a long text is read at once.
const LANES: usize = 4;

/// The gates of all rules. Literals are in ASCII lower case; the text's case is ignored.
pub(crate) struct Gates {
    automaton: dfa::DFA,
    /// By literal: the sets that it is in.
    sets_of: Vec<Vec<u16>>,
    /// Bytes of the longest literal.
    longest: usize,
    sets: Vec<Needed>,
    /// By byte: the first sets that have it by itself, a bit each; none of a byte that is in none.
    by_byte: Vec<Box<[u64]>>,
    /// All bytes of those sets.
    bytes: ByteSet,
    /// The first sets that an apostrophe within a word is a member of: those of patterns.
    by_apostrophe: Box<[u64]>,
}

/// A rule, and what it needs.
pub struct Gated {
    pub rule: u16,
    pub clauses: Vec<Clause>,
    /// Whether a tokeniser decides, and no pattern before it.
    pub tokenised: bool,
}

/// One set of literals.
struct Needed {
    /// Its single bytes, which the automaton leaves out.
    bytes: ByteSet,
    /// Bytes of its shortest member.
    shortest: usize,
    /// Whether a pattern waits for it first.
    of_pattern: bool,
    /// The clauses that are tried once a member of it stands in the text.
    first_of: Vec<Waiting>,
}

/// The rest of a clause.
struct Waiting {
    others: Vec<u16>,
    rule: u16,
}

impl Gates {
    /// The gates of these rules, each with its number. Sets shared by several are looked for once.
    pub fn new(rules: &[Gated]) -> Result<Gates, String> {
        let mut builder = Builder::default();
        for Gated { rule, clauses, tokenised } in rules {
            for clause in clauses {
                let mut numbers = Vec::with_capacity(clause.len());
                for set in clause {
                    numbers.push(builder.set(set)?);
                }
                // The clause is looked at where its first set has a member: the rarest one.
                numbers.sort_by_key(|number| Reverse(builder.sets[usize::from(*number)].shortest));
                if let Some((first, others)) = numbers.split_first() {
                    builder.sets[usize::from(*first)].of_pattern |= !tokenised;
                    let waiting = Waiting { others: others.to_vec(), rule: *rule };
                    builder.sets[usize::from(*first)].first_of.push(waiting);
                }
            }
        }
        builder.build()
    }

    /// Marks the rules that the text is worth trying; `set` holds the text's bytes. Apostrophes of contractions are no
    /// quotes: by themselves, nothing that reads tokens needs to look at them.
    pub fn mark(&self, text: &[u8], set: &ByteSet, marks: &mut [u64]) {
        let words = self.sets.len().div_ceil(64);
        let (mut near, mut far);
        let hits: &mut [u64] = if words <= WORDS {
            near = [0; WORDS];
            &mut near[..words]
        } else {
            far = vec![0; words];
            &mut far
        };
        self.read(text, hits);
        let contracts = set.has(b'\'') && contracts(text);
        for byte in set.both(&self.bytes) {
            let bits = if contracts && byte == b'\'' { &self.by_apostrophe } else { &self.by_byte[usize::from(byte)] };
            hits.iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits);
        }
        for word in 0..hits.len() {
            let mut left = hits[word];
            while left != 0 {
                let first = &self.sets[word * 64 + left.trailing_zeros() as usize];
                left &= left - 1;
                for Waiting { others, rule } in &first.first_of {
                    let stands = |other: &u16| is_hit(hits, *other) || set.meets(&self.sets[usize::from(*other)].bytes);
                    if others.iter().all(stands) {
                        hit(marks, *rule);
                    }
                }
            }
        }
    }

    /// Notes the sets with a member in the text. A long text is read in four places at once, as each step of the
    /// automaton waits for the one before; the places overlap by the longest literal.
    fn read(&self, text: &[u8], hits: &mut [u64]) {
        let Ok(start) = self.automaton.start_state(Anchored::No) else { return };
        let quarter = text.len() / LANES;
        if quarter < 2 * self.longest {
            self.go_on(start, text, hits);
            return;
        }
        let mut lanes = [(start, &text[..quarter]); LANES];
        for (number, (_, lane)) in lanes.iter_mut().enumerate().skip(1) {
            let end = if number + 1 == LANES { text.len() } else { (number + 1) * quarter };
            *lane = &text[number * quarter - self.longest..end];
        }
        for at in 0..quarter {
            for (state, lane) in &mut lanes {
                *state = self.step(*state, lane[at], hits);
            }
        }
        for (state, lane) in lanes {
            self.go_on(state, &lane[quarter..], hits);
        }
    }

    fn go_on(&self, mut state: StateID, text: &[u8], hits: &mut [u64]) {
        for byte in text {
            state = self.step(state, *byte, hits);
        }
    }

    #[inline(always)]
    fn step(&self, state: StateID, byte: u8, hits: &mut [u64]) -> StateID {
        let automaton = &self.automaton;
        let state = automaton.next_state(Anchored::No, state, byte);
        if automaton.is_special(state) && automaton.is_match(state) {
            for at in 0..automaton.match_len(state) {
                for number in &self.sets_of[automaton.match_pattern(state, at).as_usize()] {
                    hit(hits, *number);
                }
            }
        }
        state
    }
}

/// Whether every apostrophe stands where people contract words: `it's`, `don't`, `we're`.
fn contracts(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\'', text).all(|at| {
        let letters = text[at + 1..].iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let ending = &text[at + 1..at + 1 + letters];
        at > 0
            && text[at - 1].is_ascii_alphabetic()
            && ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
            && text.get(at + 1 + letters).is_none_or(|next| !(next.is_ascii_digit() || b"'\"`_$\\".contains(next)))
    })
}

/// What follows the apostrophe of a contraction.
const ENDINGS: [&[u8]; 7] = [b"s", b"t", b"d", b"m", b"re", b"ve", b"ll"];

fn hit(bits: &mut [u64], number: u16) {
    bits[usize::from(number) >> 6] |= 1 << (number & 63);
}

fn is_hit(bits: &[u64], number: u16) -> bool {
    bits[usize::from(number) >> 6] & (1 << (number & 63)) != 0
}

#[derive(Default)]
struct Builder {
    sets: Vec<Needed>,
    known_sets: HashMap<Set, u16>,
    literals: Vec<Vec<u8>>,
    known_literals: HashMap<Vec<u8>, usize>,
    sets_of: Vec<Vec<u16>>,
}

impl Builder {
    fn set(&mut self, set: &Set) -> Result<u16, String> {
        let set = least(set);
        if let Some(number) = self.known_sets.get(&set) {
            return Ok(*number);
        }
        let number = u16::try_from(self.sets.len()).map_err(|_| "the rules need too many literals".to_owned())?;
        let single: Vec<u8> = set.iter().filter(|text| text.len() == 1).map(|text| text[0]).collect();
        for literal in set.iter().filter(|text| text.len() > 1) {
            let literals = &mut self.literals;
            let sets_of = &mut self.sets_of;
            let place = *self.known_literals.entry(literal.clone()).or_insert_with(|| {
                literals.push(literal.clone());
                sets_of.push(Vec::new());
                literals.len() - 1
            });
            sets_of[place].push(number);
        }
        let shortest = set.iter().map(Vec::len).min().unwrap_or(0);
        self.sets.push(Needed {
            bytes: ByteSet::from(&both_cases(&single)),
            shortest,
            of_pattern: false,
            first_of: Vec::new(),
        });
        self.known_sets.insert(set, number);
        Ok(number)
    }

    fn build(self) -> Result<Gates, String> {
        let automaton = dfa::Builder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .build(&self.literals)
            .map_err(|error| error.to_string())?;
        let mut by_apostrophe = vec![0; self.sets.len().div_ceil(64)];
        let mut by_byte: Vec<Box<[u64]>> = vec![Box::default(); 256];
        let mut bytes = ByteSet::default();
        for (number, set) in self.sets.iter().enumerate().filter(|(_, set)| !set.first_of.is_empty()) {
            for byte in set.bytes.both(&set.bytes) {
                let bits = &mut by_byte[usize::from(byte)];
                if bits.is_empty() {
                    *bits = vec![0; self.sets.len().div_ceil(64)].into();
                }
                hit(bits, number as u16);
            }
            if set.of_pattern && set.bytes.has(b'\'') {
                hit(&mut by_apostrophe, number as u16);
            }
            bytes = bytes.with(&set.bytes);
        }
        let longest = self.literals.iter().map(Vec::len).max().unwrap_or(0);
        Ok(Gates {
            automaton,
            sets_of: self.sets_of,
            longest,
            sets: self.sets,
            by_byte,
            bytes,
            by_apostrophe: by_apostrophe.into(),
        })
    }
}

/// The set without what does not make it more selective: the ends of long literals, and literals that hold another.
fn least(set: &Set) -> Set {
    let mut short: Set = set.iter().map(|text| text[..text.len().min(LONGEST)].to_vec()).collect();
    short.sort_unstable_by_key(|text| (text.len(), text.clone()));
    let mut least = Set::new();
    for text in short {
        if !least.iter().any(|kept| text.windows(kept.len()).any(|window| window == kept)) {
            least.push(text);
        }
    }
    least
}

fn both_cases(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> Set {
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    /// The gates of rules that have patterns.
    fn gates(rules: &[(u16, Vec<Clause>)]) -> Gates {
        let gated =
            |(rule, clauses): &(u16, Vec<Clause>)| Gated { rule: *rule, clauses: clauses.clone(), tokenised: false };
        Gates::new(&rules.iter().map(gated).collect::<Vec<_>>()).unwrap()
    }

    fn marked(gates: &Gates, text: &str) -> Vec<u16> {
        let mut marks = [0; 1];
        gates.mark(text.as_bytes(), &ByteSet::of(text.as_bytes()), &mut marks);
        (0..64).filter(|number| is_hit(&marks, *number)).collect()
    }

    #[test]
    fn every_set_of_a_clause_must_have_a_member_in_the_text() {
        let gates = gates(&[(3, vec![vec![set(&["select", "union"]), set(&["from"])]])]);
        assert_eq!(marked(&gates, "SELECT x FROM y"), [3]);
        assert_eq!(marked(&gates, "from a union"), [3]);
        assert!(marked(&gates, "select a union").is_empty());
        assert!(marked(&gates, "from here").is_empty());
    }

    #[test]
    fn a_set_is_kept_as_small_as_it_may_be() {
        assert_eq!(
            least(&set(&["select", "deselect", "information_schema", "x", "x y"])),
            set(&["x", "select", "informat"])
        );
    }

    #[test]
    fn one_clause_is_enough() {
        let gates = gates(&[(0, vec![vec![set(&["%comspec"])], vec![set(&["for"]), set(&["%"])]])]);
        assert_eq!(marked(&gates, "%ComSpec%"), [0]);
        assert_eq!(marked(&gates, "100 % for"), [0]);
        assert!(marked(&gates, "for you").is_empty());
    }

    #[test]
    fn single_bytes_and_words_may_stand_in_one_set() {
        let gates = gates(&[(1, vec![vec![set(&["<", "&lt"]), set(&["k", "onload"])]])]);
        assert_eq!(marked(&gates, "<K"), [1]);
        assert_eq!(marked(&gates, "&LT;onload"), [1]);
        assert!(marked(&gates, "<a").is_empty());
    }

    #[test]
    fn a_literal_is_found_wherever_it_stands_in_a_long_text() {
        let gates = gates(&[(0, vec![vec![set(&["needle", "in"])]])]);
        for length in [0, 7, 8, 11, 12, 13, 47, 48, 49, 50, 51, 200] {
            for at in 0..=length {
                let text = format!("{}{}{}", "n".repeat(at), "NEEDLE", "e".repeat(length - at));
                assert_eq!(marked(&gates, &text), [0], "{text}");
            }
            assert!(marked(&gates, &"needl".repeat(length)).is_empty(), "{length}");
        }
    }

    #[test]
    fn rules_with_the_same_needs_are_all_marked() {
        let clause = vec![set(&["jndi"])];
        let gates = gates(&[(0, vec![clause.clone()]), (63, vec![clause])]);
        assert_eq!(marked(&gates, "${jndi:"), [0, 63]);
    }

    #[test]
    fn a_contraction_is_no_quote_to_what_reads_tokens() {
        let quotes = || vec![vec![set(&["'", "or 1"])]];
        let rules = [(0, true), (1, false)].map(|(rule, tokenised)| Gated { rule, clauses: quotes(), tokenised });
        let [token, pattern] = rules.map(|rule| Gates::new(&[rule]).unwrap());
        for text in ["it's late", "they don't, we're told", "She'll see it's", "let's"] {
            assert!(marked(&token, text).is_empty(), "{text}");
            assert_eq!(marked(&pattern, text), [1], "{text}");
        }
        for text in
            ["' or", "x'", "it's 'great'", "o'clock", "c'a't", "ca't'", "it's'", "x's\\", "it's or 1", "'s", "1's"]
        {
            assert_eq!(marked(&token, text), [0], "{text}");
        }
    }
}
