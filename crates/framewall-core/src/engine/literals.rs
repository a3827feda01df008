//! Which literals a pattern implies: so that a gate can never lose a match.

use std::cmp::Reverse;

use regex_syntax::hir::{Class, Hir, HirKind};

/// Alternatives kept while strings are put together.
const WIDEST: usize = 128;
/// Times a repeated text is spelled out.
const REPEATS: u32 = 4;
/// Members of a byte class that are still spelled out.
const CLASS: usize = 8;

/// Clauses of a pattern before its branches are no longer told apart.
const CLAUSES: usize = 64;
/// Sets kept of a clause.
const SETS: usize = 3;

/// Texts in ASCII lower case, one of which is there.
pub type Set = Vec<Vec<u8>>;
/// Sets that are all there.
pub type Clause = Vec<Set>;

/// Clauses, one of which holds for every match: one for each way through the pattern, with its most selective sets. None
/// if some way needs no literal at all.
pub fn clauses(hir: &Hir) -> Option<Vec<Clause>> {
    let ways: Vec<Clause> = ways(hir).into_iter().map(selective).collect();
    if ways.iter().any(Vec::is_empty) {
        return None;
    }
    // Ways that need one set each are one way with a larger set.
    let (single, mut clauses): (Vec<Clause>, Vec<Clause>) = ways.into_iter().partition(|way| way.len() == 1);
    let mut set: Set = single.into_iter().flatten().flatten().collect();
    set.sort_unstable();
    set.dedup();
    if !set.is_empty() {
        clauses.push(vec![set]);
    }
    clauses.dedup();
    Some(clauses)
}

/// The ways through a pattern, each with all the sets that it needs.
fn ways(hir: &Hir) -> Vec<Clause> {
    match hir.kind() {
        HirKind::Capture(group) => ways(&group.sub),
        HirKind::Repetition(many) if many.min > 0 => ways(&many.sub),
        HirKind::Alternation(branches) if exact(hir).is_none() => {
            let (mut known, mut apart) = (Set::new(), Vec::new());
            for branch in branches {
                match exact(branch) {
                    Some(texts) => known.extend(texts),
                    None => apart.extend(ways(branch)),
                }
            }
            if !known.is_empty() {
                apart.push(vec![known]);
            }
            if apart.len() > CLAUSES { vec![every_set(hir)] } else { apart }
        }
        HirKind::Concat(parts) => {
            let mut through = vec![every_set(hir)];
            for part in parts.iter().filter(|part| exact(part).is_none()) {
                let split = ways(part);
                if split.len() > 1 && split.len() * through.len() <= CLAUSES {
                    through = through
                        .iter()
                        .flat_map(|before| split.iter().map(move |way| [&before[..], way].concat()))
                        .collect();
                }
            }
            through
        }
        _ => vec![every_set(hir)],
    }
}

fn every_set(hir: &Hir) -> Clause {
    let mut sets = Clause::new();
    walk(hir, &mut |set| sets.push(set.to_vec()));
    sets
}

/// The few sets of a clause that are worth looking for, the most selective first.
fn selective(mut clause: Clause) -> Clause {
    clause.retain(|set| !set.is_empty() && set.iter().all(|text| !text.is_empty()));
    clause.sort_by_key(|set| Reverse(worth(set)));
    let mut kept = Clause::new();
    for set in clause {
        let implied = |other: &Set| other.iter().all(|text| set.iter().any(|literal| contains(text, literal)));
        if kept.len() < SETS && (kept.is_empty() || !is_common(&set)) && !kept.iter().any(implied) {
            kept.push(set);
        }
    }
    kept
}

/// Whether a text as everybody writes it is in the set.
fn is_common(set: &[Vec<u8>]) -> bool {
    set.iter().any(|text| text.iter().all(|byte| matches!(byte, b' ' | b'.' | b',')))
}

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
    shortest.min(6) * 16 - (set.len() as i64).min(64) / 4 - if is_common(set) { 48 } else { 0 }
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
        let set = exact(part);
        run = match set.or_else(|| end(part)) {
            Some(set) if set.len() * run.len() <= WIDEST => {
                let whole = joined(&run, &set);
                if exact(part).is_some() {
                    whole
                } else {
                    // Once, at the head of what goes on; and once more, before what comes next.
                    flush(&whole, found);
                    set
                }
            }
            other => {
                flush(&run, found);
                if exact(part).is_none() {
                    walk(part, found);
                }
                other.unwrap_or_else(|| vec![Vec::new()])
            }
        };
    }
    flush(&run, found);
}

/// What a text begins and ends with that repeats itself, as often as it may.
fn end(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Capture(group) => end(&group.sub),
        HirKind::Repetition(many) if many.min > 0 => exact(&many.sub).filter(|set| set.iter().all(|t| !t.is_empty())),
        _ => None,
    }
}

fn joined(heads: &[Vec<u8>], tails: &[Vec<u8>]) -> Set {
    heads.iter().flat_map(|head| tails.iter().map(move |tail| [&head[..], tail].concat())).collect()
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
        HirKind::Repetition(many) if many.max.is_some_and(|most| most <= REPEATS) => {
            let once = exact(&many.sub)?;
            let mut all = Set::new();
            let mut times = vec![Vec::new()];
            for count in 0..=many.max? {
                if count > 0 {
                    if times.len() * once.len() > WIDEST {
                        return None;
                    }
                    times = joined(&times, &once);
                }
                if count >= many.min {
                    all.extend(times.iter().cloned());
                }
            }
            (many.min == many.max? || all.len() <= 2 * CLASS).then_some(all)
        }
        HirKind::Concat(parts) => {
            let mut run = vec![Vec::new()];
            for part in parts {
                let set = exact(part)?;
                if set.len() * run.len() > WIDEST {
                    return None;
                }
                run = joined(&run, &set);
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
        assert_eq!(texts(r"(?i)\b(?:union|select)\d+x"), ["select", "union"]);
    }

    #[test]
    fn an_optional_part_gives_nothing() {
        assert_eq!(texts("(?:abc)*d?[a-z]").len(), 0);
    }

    #[test]
    fn the_longest_run_wins() {
        assert_eq!(texts(r"ab[0-9]+information_schema"), ["information_schema"]);
    }

    fn needs(pattern: &str) -> Option<Vec<Vec<Vec<String>>>> {
        let text = |text: &Vec<u8>| String::from_utf8(text.clone()).unwrap();
        let set = |set: &Set| set.iter().map(text).collect();
        let clause = |clause: &Clause| clause.iter().map(set).collect();
        Some(clauses(&hir(pattern))?.iter().map(clause).collect())
    }

    #[test]
    fn all_parts_of_a_match_are_needed() {
        assert_eq!(
            needs(r"for\b[^%]*%\w+[^(]*\("),
            Some(vec![vec![vec!["for".into()], vec!["%".into()], vec!["(".into()]]])
        );
    }

    #[test]
    fn each_way_has_its_own_needs_and_plain_ones_are_one() {
        let ways = needs(r"(?:abc|de[0-9]f|xyz|p[0-9]+q)").unwrap();
        assert_eq!(ways.len(), 3);
        assert!(ways.contains(&vec![vec!["abc".into(), "xyz".into()]]));
        assert!(ways.contains(&vec![vec!["de".into()], vec!["f".into()]]));
    }

    #[test]
    fn what_repeats_itself_touches_its_neighbours() {
        let ways = needs(r"\.\.[/\\]+etc").unwrap();
        assert_eq!(ways, [[["/etc", "\\etc"], ["../", "..\\"]]]);
        assert_eq!(needs("a{2,3}b").unwrap(), [[["aaab", "aab"]]]);
    }

    #[test]
    fn a_way_without_needs_is_no_gate() {
        assert_eq!(needs(r"abc|[a-z]+"), None);
    }

    #[test]
    fn claims_are_proven_or_refused() {
        let pattern = hir(r"(?i)(?:union|intersect)\s+select");
        assert!(implies(&pattern, &[b"select".to_vec()]));
        assert!(implies(&pattern, &[b"union".to_vec(), b"inters".to_vec()]));
        assert!(!implies(&pattern, &[b"union".to_vec()]));
    }
}
