//! Which literals a pattern implies: so that a gate can never lose a match.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Alternatives kept while strings are put together.
const WIDEST: usize = 128;
/// Members of a byte class that are still spelled out.
const CLASS: usize = 8;

/// Strings (ASCII lower case), one of which is in every match; the most selective such set that is found.
pub fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut best: Option<Vec<Vec<u8>>> = None;
    walk(hir, &mut |set| {
        if best.as_ref().is_none_or(|old| worth(set) > worth(old)) {
            best = Some(set.to_vec());
        }
    });
    best.filter(|set| set.iter().all(|text| !text.is_empty()))
}

/// Whether every match contains one of these (given in ASCII lower case).
pub fn implies(hir: &Hir, literals: &[Vec<u8>]) -> bool {
    let mut proven = false;
    walk(hir, &mut |set| {
        proven |= set.iter().all(|text| literals.iter().any(|literal| contains(text, literal)));
    });
    proven || alternatives(hir, literals)
}

fn alternatives(hir: &Hir, literals: &[Vec<u8>]) -> bool {
    match hir.kind() {
        HirKind::Capture(group) => alternatives(&group.sub, literals),
        HirKind::Repetition(many) if many.min > 0 => implies(&many.sub, literals),
        HirKind::Concat(parts) => parts.iter().any(|part| alternatives(part, literals)),
        HirKind::Alternation(branches) => branches.iter().all(|branch| implies(branch, literals)),
        _ => false,
    }
}

/// Longer is better, many is worse; what everybody writes is worst.
fn worth(set: &[Vec<u8>]) -> i64 {
    let shortest = set.iter().map(Vec::len).min().unwrap_or(0) as i64;
    let common = set.iter().any(|text| text.iter().all(|byte| matches!(byte, b' ' | b'.' | b',')));
    shortest.min(6) * 16 - (set.len() as i64).min(64) / 4 - if common { 48 } else { 0 }
}

fn contains(text: &[u8], literal: &[u8]) -> bool {
    !literal.is_empty() && text.windows(literal.len()).any(|window| window == literal)
}

/// Calls `found` with every set of which each match contains a member.
fn walk(hir: &Hir, found: &mut dyn FnMut(&[Vec<u8>])) {
    match hir.kind() {
        HirKind::Capture(group) => walk(&group.sub, found),
        HirKind::Repetition(many) if many.min > 0 => walk(&many.sub, found),
        HirKind::Concat(parts) => sequence(parts, found),
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                match required(branch) {
                    Some(set) => all.extend(set),
                    None => return,
                }
            }
            if all.len() <= WIDEST * 4 {
                found(&all);
            }
        }
        _ => {
            if let Some(set) = exact(hir) {
                found(&set);
            }
        }
    }
}

/// Neighbours whose texts are known are put together; what is between them is asked on its own.
fn sequence(parts: &[Hir], found: &mut dyn FnMut(&[Vec<u8>])) {
    let mut run: Vec<Vec<u8>> = vec![Vec::new()];
    for part in parts {
        let joined = match exact(part) {
            Some(set) if set.len() * run.len() <= WIDEST => {
                run.iter().flat_map(|head| set.iter().map(move |tail| [&head[..], tail].concat())).collect()
            }
            other => {
                flush(&run, found);
                if other.is_none() {
                    walk(part, found);
                }
                other.unwrap_or_else(|| vec![Vec::new()])
            }
        };
        run = joined;
    }
    flush(&run, found);
}

fn flush(run: &[Vec<u8>], found: &mut dyn FnMut(&[Vec<u8>])) {
    if run.iter().all(|text| !text.is_empty()) {
        found(run);
    }
}

/// The texts that this matches, all of them, case folded; none if they are many.
fn exact(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => Some(vec![literal.0.to_ascii_lowercase()]),
        HirKind::Class(class) => members(class),
        HirKind::Capture(group) => exact(&group.sub),
        HirKind::Repetition(many) if many.max == Some(many.min) && many.min == 1 => exact(&many.sub),
        HirKind::Repetition(many) if many.min == 0 && many.max == Some(1) => {
            let mut set = exact(&many.sub)?;
            set.push(Vec::new());
            (set.len() <= CLASS).then_some(set)
        }
        HirKind::Concat(parts) => {
            let mut run = vec![Vec::new()];
            for part in parts {
                let set = exact(part)?;
                if set.len() * run.len() > WIDEST {
                    return None;
                }
                run = run.iter().flat_map(|head: &Vec<u8>| set.iter().map(move |t| [&head[..], t].concat())).collect();
            }
            Some(run)
        }
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(exact(branch)?);
            }
            (all.len() <= WIDEST).then_some(all)
        }
        _ => None,
    }
}

fn members(class: &Class) -> Option<Vec<Vec<u8>>> {
    let mut bytes: Vec<u8> = match class {
        Class::Bytes(class) => {
            class.ranges().iter().flat_map(|range| range.start()..=range.end()).take(2 * CLASS + 1).collect()
        }
        Class::Unicode(class) => {
            let wide = class.ranges().iter().any(|range| !range.end().is_ascii());
            if wide {
                return None;
            }
            let ranges = class.ranges().iter();
            ranges.flat_map(|range| range.start() as u8..=range.end() as u8).take(2 * CLASS + 1).collect()
        }
    };
    bytes.iter_mut().for_each(|byte| *byte = byte.to_ascii_lowercase());
    bytes.sort_unstable();
    bytes.dedup();
    (bytes.len() <= CLASS).then(|| bytes.into_iter().map(|byte| vec![byte]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hir(pattern: &str) -> Hir {
        regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap()
    }

    fn texts(pattern: &str) -> Vec<String> {
        let mut set: Vec<String> =
            required(&hir(pattern)).unwrap_or_default().into_iter().map(|t| String::from_utf8(t).unwrap()).collect();
        set.sort();
        set
    }

    #[test]
    fn a_literal_is_required() {
        assert_eq!(texts("(?i)<script"), ["<script"]);
    }

    #[test]
    fn every_branch_gives_one() {
        assert_eq!(texts(r"(?i)\b(?:union|select)\s+x"), ["select", "union"]);
    }

    #[test]
    fn an_optional_part_gives_nothing() {
        assert_eq!(texts("(?:abc)*d?[a-z]").len(), 0);
    }

    #[test]
    fn the_longest_run_wins() {
        assert_eq!(texts(r"ab[0-9]+information_schema"), ["information_schema"]);
    }

    #[test]
    fn claims_are_proven_or_refused() {
        let pattern = hir(r"(?i)(?:union|intersect)\s+select");
        assert!(implies(&pattern, &[b"select".to_vec()]));
        assert!(implies(&pattern, &[b"union".to_vec(), b"inters".to_vec()]));
        assert!(!implies(&pattern, &[b"union".to_vec()]));
    }
}
