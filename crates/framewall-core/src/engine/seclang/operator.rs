//! Operators of ModSecurity (`@rx`, `@pm` …).
//!
//! Source: ModSecurity Reference Manual v3, "Operators".

use std::ops::Range;

use aho_corasick::AhoCorasick;
use regex_automata::meta::Regex;

use super::super::compile;
use super::super::tokens::{self, SURE};
use super::spec::CheckSpec;

/// One operator, ready to run.
pub enum Operator {
    Rx(Box<Regex>),
    Words(AhoCorasick),
    Sql,
    Xss,
    Equal(Argument),
    Contains(Argument),
    Within(Argument),
    Begins(Argument),
    Ends(Argument),
    Number(fn(&i64, &i64) -> bool, i64),
    /// Holds when a byte is outside the set.
    Bytes(Box<[bool; 256]>),
    Always,
}

/// An operator's argument.
pub enum Argument {
    Text(Vec<u8>),
    /// `%{TX.n}`
    Capture(usize),
    /// Something no message has: nothing equals it.
    Unknown,
}

impl Argument {
    fn new(text: &str) -> Argument {
        let Some((_, macro_)) = text.split_once("%{") else { return Argument::Text(text.as_bytes().to_vec()) };
        let name = macro_.trim_end_matches('}').to_ascii_lowercase();
        match name.strip_prefix("tx.").and_then(|number| number.parse().ok()) {
            Some(number) => Argument::Capture(number),
            None => Argument::Unknown,
        }
    }

    fn get<'a>(&'a self, groups: &'a [Option<Vec<u8>>]) -> Option<&'a [u8]> {
        match self {
            Argument::Text(text) => Some(text),
            Argument::Capture(number) => groups.get(*number)?.as_deref(),
            Argument::Unknown => None,
        }
    }
}

impl Operator {
    /// The operator a check names; or why there is none.
    pub fn new(check: &CheckSpec) -> Result<Operator, String> {
        let argument = check.argument.as_str();
        let number = || argument.parse::<i64>().map_err(|_| format!("@{} compares with a number", check.operator));
        Ok(match check.operator.as_str() {
            // PCRE as ModSecurity sets it: dots match newlines, anchors match at lines.
            "rx" | "rxGlobal" => Operator::Rx(Box::new(compile::regex(&format!("(?sm){argument}"))?)),
            "pm" | "pmf" | "pmFromFile" => Operator::Words(
                AhoCorasick::builder()
                    .ascii_case_insensitive(true)
                    .build(&check.words)
                    .map_err(|error| error.to_string())?,
            ),
            "detectSQLi" => Operator::Sql,
            "detectXSS" => Operator::Xss,
            "streq" => Operator::Equal(Argument::new(argument)),
            "contains" | "strmatch" => Operator::Contains(Argument::new(argument)),
            "within" => Operator::Within(Argument::new(argument)),
            "beginsWith" => Operator::Begins(Argument::new(argument)),
            "endsWith" => Operator::Ends(Argument::new(argument)),
            "eq" => Operator::Number(i64::eq, number()?),
            "gt" => Operator::Number(i64::gt, number()?),
            "ge" => Operator::Number(i64::ge, number()?),
            "lt" => Operator::Number(i64::lt, number()?),
            "le" => Operator::Number(i64::le, number()?),
            "validateByteRange" => Operator::Bytes(Box::new(byte_range(argument)?)),
            "unconditionalMatch" => Operator::Always,
            other => return Err(format!("there is no operator @{other}")),
        })
    }

    /// Where it holds. Groups of a pattern are put in `groups` when they are wanted.
    pub fn find(&self, text: &[u8], groups: &mut Vec<Option<Vec<u8>>>, wanted: bool) -> Option<Range<usize>> {
        let all = 0..text.len();
        let holds = |holds: bool| holds.then_some(0..text.len());
        match self {
            Operator::Rx(regex) if wanted => {
                let mut captures = regex.create_captures();
                regex.captures(text, &mut captures);
                let span = captures.get_group(0)?.range();
                groups.clear();
                groups.extend(
                    (0..captures.group_len())
                        .map(|group| captures.get_group(group).map(|span| text[span.range()].to_vec())),
                );
                Some(span)
            }
            Operator::Rx(regex) => regex.find(text).map(|found| found.range()),
            Operator::Words(words) => words.find(text).map(|found| found.range()),
            Operator::Sql => tokens::sql::judge(text).filter(|hit| hit.strength >= SURE).map(|hit| hit.span),
            Operator::Xss => tokens::html::judge(text).filter(|hit| hit.strength >= SURE).map(|hit| hit.span),
            Operator::Equal(argument) => holds(argument.get(groups)? == text),
            Operator::Contains(argument) => {
                let argument = argument.get(groups)?;
                holds(argument.is_empty() || text.windows(argument.len()).any(|window| window == argument))
            }
            Operator::Within(argument) => {
                let argument = argument.get(groups)?;
                holds(text.is_empty() || argument.windows(text.len()).any(|window| window == text))
            }
            Operator::Begins(argument) => holds(text.starts_with(argument.get(groups)?)),
            Operator::Ends(argument) => holds(text.ends_with(argument.get(groups)?)),
            Operator::Number(compare, number) => {
                let value = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
                holds(compare(&value, number))
            }
            Operator::Bytes(allowed) => text.iter().position(|byte| !allowed[usize::from(*byte)]).map(|at| at..at + 1),
            Operator::Always => Some(all),
        }
    }
}

/// `32-126,9`
fn byte_range(text: &str) -> Result<[bool; 256], String> {
    let mut allowed = [false; 256];
    for part in text.split(',').map(str::trim) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let bound = |text: &str| text.trim().parse::<u8>().map_err(|_| format!("{part:?} is no range of bytes"));
        for byte in bound(from)?..=bound(to)? {
            allowed[usize::from(byte)] = true;
        }
    }
    Ok(allowed)
}
