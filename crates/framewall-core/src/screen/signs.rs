//! Signs that a message belongs to a framework: patterns in one automaton.

use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

/// Patterns over a message's bytes, from its first one on.
pub struct Signs(dense::DFA<Vec<u32>>);

/// The automaton may not grow beyond this.
const SIZE: usize = 1 << 20;

impl std::fmt::Debug for Signs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Signs")
    }
}

impl Signs {
    /// Compiles them; what is wrong otherwise.
    pub fn new(patterns: &[&str]) -> Result<Signs, String> {
        let config = dense::Config::new()
            .start_kind(regex_automata::dfa::StartKind::Anchored)
            .dfa_size_limit(Some(SIZE))
            .determinize_size_limit(Some(SIZE));
        dense::Builder::new()
            .configure(config)
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .thompson(regex_automata::nfa::thompson::Config::new().utf8(false))
            .build_many(patterns)
            .map(Signs)
            .map_err(|error| format!("signs of a framework cannot be read: {error}"))
    }

    /// Whether one of them is in the message.
    pub fn are_in(&self, message: &[u8]) -> bool {
        let input = Input::new(message).anchored(Anchored::Yes).earliest(true);
        !matches!(self.0.try_search_fwd(&input), Ok(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pattern_counts_from_the_first_byte() {
        let signs = Signs::new(&[r"4[0-9]", r"(?s)[ \t]*\{.*\x1e", r"(?i)connect\n"]).unwrap();
        for own in [&b"42"[..], b" {\"a\":1}\x1e", b"{\xff\n\x1e", b"CONNECT\nx"] {
            assert!(signs.are_in(own), "{own:?}");
        }
        for other in [&b"x42"[..], b"{\"a\":1}", b"", b"\x1e{"] {
            assert!(!signs.are_in(other), "{other:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(Signs::new(&["("]).is_err());
        assert!(Signs::new(&[r"(?s).*a.{30}"]).is_err());
    }
}
