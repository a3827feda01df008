//! LDAP filters (RFC 4515): does a text close the filter it is put in and open its own?

use super::search::Stops;
use super::{Best, Hit};

/// Where a filter may begin, end or name a rule.
const SIGNS: Stops = Stops::at(b"():");

/// The strongest place where `text` acts as a filter.
#[must_use]
pub fn judge(text: &[u8]) -> Option<Hit> {
    let mut best = Best::default();
    let mut depth = 0usize;
    let mut read = 0;
    while let Some(at) = SIGNS.next(text, read) {
        read = at + 1;
        match text[at] {
            b'(' => {
                opened(text, at, &mut best);
                depth += 1;
            }
            b')' => {
                // A smiley closes nothing.
                let smiley = at > 0 && matches!(text[at - 1], b':' | b';' | b'-' | b'=' | b'^' | b'8');
                if !smiley {
                    closed(text, at, depth == 0, &mut best);
                    depth = depth.saturating_sub(1);
                }
            }
            b':' => matching_rule(text, at, &mut best),
            _ => {}
        }
    }
    best.0
}

fn skip(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

fn is_operator(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'&' | b'|' | b'!'))
}

/// `uid=`, `cn>=`, `sn~=`: an attribute and its comparison. Where it ends.
fn comparison(text: &[u8], at: usize) -> Option<usize> {
    let at = skip(text, at);
    let name = text[at..]
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b';' | b'.' | b':'))
        .count();
    let mut end = skip(text, at + name);
    if name == 0 || !text[at].is_ascii_alphanumeric() {
        return None;
    }
    end += usize::from(matches!(text.get(end), Some(b'<' | b'>' | b'~' | b':')));
    (text.get(end) == Some(&b'=') && text.get(end + 1) != Some(&b'=')).then_some(end + 1)
}

/// `(&(`, `(|(uid=*`, `*(|(mail=*))`
fn opened(text: &[u8], at: usize, best: &mut Best) {
    let next = skip(text, at + 1);
    if !is_operator(text.get(next)) {
        return;
    }
    let inner = skip(text, next + 1);
    if text.get(inner) != Some(&b'(') {
        return;
    }
    let compares = comparison(text, inner + 1).is_some() || is_operator(text.get(inner + 1));
    let wildcard = at > 0 && text[at - 1] == b'*';
    let strength = match (compares, wildcard, at) {
        (true, true, _) => 80,
        (true, false, 0) => 62,
        (true, false, _) => 45,
        _ => 15,
    };
    best.offer(strength, at..inner + 1, "LDAP filter");
}

/// `)(uid=*`, `)(|(`, `)!(sn=*`
fn closed(text: &[u8], at: usize, unmatched: bool, best: &mut Best) {
    let next = skip(text, at + 1);
    let wildcard = at > 0 && text[at - 1] == b'*';
    let span = at.saturating_sub(1)..text.len().min(next + 8);
    match text.get(next) {
        Some(b'(') => {
            let inner = skip(text, next + 1);
            if is_operator(text.get(inner)) && text.get(inner + 1) != Some(&b'=') {
                let bitwise = text.get(inner + 1) == text.get(inner);
                best.offer(
                    if bitwise {
                        20
                    } else if unmatched || wildcard {
                        78
                    } else {
                        40
                    },
                    span,
                    "LDAP filter closed and reopened",
                );
            } else if comparison(text, next + 1).is_some() {
                best.offer(if unmatched || wildcard { 80 } else { 35 }, span, "LDAP filter closed and reopened");
            } else if text.get(inner) == Some(&b'(') && is_operator(text.get(inner + 1)) {
                best.offer(if unmatched || wildcard { 75 } else { 35 }, span, "LDAP filter closed and reopened");
            }
        }
        Some(b'&' | b'|' | b'!') if unmatched || wildcard => {
            let open = skip(text, next + 1);
            let reopened = text.get(open) == Some(&b'(') && comparison(text, open + 1).is_some();
            let strength = if reopened {
                80
            } else if wildcard {
                55
            } else {
                10
            };
            best.offer(strength, span, "LDAP filter closed and reopened");
        }
        // `*))` and a NUL, or the text's end.
        Some(b')') if wildcard && unmatched => {
            let end = skip(text, next + 1);
            let cut = text[end.min(text.len())..].first() == Some(&0);
            best.offer(
                if cut {
                    75
                } else if end >= text.len() {
                    52
                } else {
                    20
                },
                span,
                "LDAP filter cut off",
            );
        }
        _ => {
            if at > 1 && wildcard && text[at - 2] == b'(' || at > 0 && wildcard && text.get(next) == Some(&0) {
                best.offer(40, span, "LDAP wildcard");
            }
        }
    }
    // `*()|&'`: every sign of the language.
    if at >= 2 && text[at - 1] == b'(' && text[at - 2] == b'*' && matches!(text.get(at + 1), Some(b'|' | b'&')) {
        best.offer(60, at - 2..at + 1, "LDAP signs");
    }
}

/// `userPassword:2.5.13.18:=`
fn matching_rule(text: &[u8], at: usize, best: &mut Best) {
    let rest = &text[at + 1..];
    let digits = rest.iter().take(40).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    if digits > 5
        && rest[..digits].iter().filter(|byte| **byte == b'.').count() >= 3
        && rest[digits..].starts_with(b":=")
    {
        best.offer(75, at..at + digits + 3, "LDAP matching rule");
    }
}

#[cfg(test)]
mod tests {
    use super::super::SURE;
    use super::judge;

    fn strength(text: &str) -> u8 {
        judge(text.as_bytes()).map_or(0, |hit| hit.strength)
    }

    #[test]
    fn filters_broken_open_are_sure() {
        for text in [
            "*)(uid=*))(|(uid=*",
            "admin)(&)",
            "admin)(|",
            "val)&(cn=admin",
            "*)!(sn=*",
            "john)(sn~=smith",
            "*(|(objectclass=*))",
            "(&(uid=admin)(!(&(1=0)(userPassword=q))))",
            "userPassword:2.5.13.18:=123",
            "admin*)((|userpassword=*)",
            "test) ( & ",
        ] {
            assert!(strength(text) >= SURE, "{text}: {:?}", judge(text.as_bytes()));
        }
    }

    #[test]
    fn brackets_are_not() {
        for text in [
            "hello :) (see you=later)",
            "f(x)(y=1)",
            "if (a) && (b) { c() }",
            "(one) (two) (three)",
            "well (that is) & (this)",
            ":) & (lol)",
            "(a*b) | (c)",
        ] {
            assert!(strength(text) < SURE, "{text}: {:?}", judge(text.as_bytes()));
        }
    }
}
