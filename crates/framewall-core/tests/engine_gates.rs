//! What a gate keeps from a rule, the rule would not have found: with every gate thrown open, all findings stay the same.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use framewall_core::engine::{Attack, Attacks, Engine, Part, RuleSpec, Scratch, Settings};
use framewall_core::formats::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

mod builtin;

static RULES: LazyLock<Vec<RuleSpec>> =
    LazyLock::new(|| builtin::rules().into_iter().map(|rule| serde_json::from_value(rule).expect("a rule")).collect());
static GATED: LazyLock<Engine> = LazyLock::new(|| Engine::compile(&RULES).expect("the built-in rules compile"));
static OPEN: LazyLock<Engine> = LazyLock::new(|| {
    let ascii: Vec<String> = (0..128u8).map(|byte| char::from(byte).to_string()).collect();
    let open = |rule: &RuleSpec| {
        let open = RuleSpec { literals: ascii.clone(), ..rule.clone() };
        // A structure has no gate; a pattern of bytes beyond ASCII keeps its own.
        let can_be = rule.anomaly.is_none() && Engine::compile(std::slice::from_ref(&open)).is_ok();
        if can_be { open } else { rule.clone() }
    };
    let open: Vec<RuleSpec> = RULES.iter().map(open).collect();
    assert!(open.iter().filter(|rule| rule.literals == ascii).count() > 100);
    Engine::compile(&open).expect("the built-in rules compile behind any gate that their patterns imply")
});

fn found(engine: &Engine, text: &[u8]) -> BTreeSet<String> {
    let settings = Settings { sensitivity: 3, classes: Attacks::usual().with(Attack::Leak), ..Settings::default() };
    let parts = [Part { bytes: text, hint: "text", role: Role::Value }];
    let report = engine.inspect(&parts, &settings, &mut Scratch::default());
    report.findings.iter().map(|finding| finding.rule.to_string()).collect()
}

fn assert_nothing_is_lost(text: &[u8]) {
    assert_eq!(found(&GATED, text), found(&OPEN, text), "{:?}", String::from_utf8_lossy(text));
}

static EXAMPLES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let texts = |rule: &'static RuleSpec| rule.examples.matching.iter().chain(&rule.examples.passing);
    RULES.iter().flat_map(texts).map(String::as_str).collect()
});

#[test]
fn no_gate_loses_an_example() {
    for example in &*EXAMPLES {
        assert_nothing_is_lost(example.as_bytes());
    }
}

/// The pattern without what asks about the text around it, so that texts can be drawn from it.
fn bare(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Capture(group) => Hir::capture(Capture { sub: Box::new(bare(&group.sub)), ..group.clone() }),
        HirKind::Repetition(many) => {
            let most = Some(many.max.unwrap_or(many.min + 3).min(many.min + 3));
            Hir::repetition(Repetition { max: most, sub: Box::new(bare(&many.sub)), ..many.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(bare).collect()),
        HirKind::Alternation(branches) => Hir::alternation(branches.iter().map(bare).collect()),
        _ => hir.clone(),
    }
}

#[test]
fn no_gate_loses_what_its_own_pattern_matches() {
    let mut runner = TestRunner::deterministic();
    let mut drawn = 0;
    for pattern in RULES.iter().filter_map(|rule| rule.pattern.as_deref()) {
        let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap();
        let texts = proptest::string::bytes_regex_parsed(&bare(&hir)).expect("texts can be drawn");
        for _ in 0..7 {
            assert_nothing_is_lost(&texts.new_tree(&mut runner).unwrap().current());
            drawn += 1;
        }
    }
    assert!(drawn > 600);
}

/// Pieces of all languages that tokenisers read, to be put together in any order.
const PIECES: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\t",
    "\x0b",
    "'",
    "\"",
    "`",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "=",
    "==",
    ";",
    ":",
    "::",
    ",",
    ".",
    "..",
    "/",
    "//",
    "\\",
    "|",
    "||",
    "&",
    "&&",
    "#",
    "--",
    "/*",
    "*/",
    "*",
    "+",
    "-",
    "%",
    "$",
    "${",
    "@",
    "!",
    "?",
    "^",
    "~",
    "0",
    "1",
    "7",
    "0x7f",
    "169.254.169.254",
    "localhost",
    "127.0.0.1",
    "http:",
    "https://",
    "file:",
    "gopher:",
    "data:text/html,",
    "or",
    "and",
    "union",
    "select",
    "from",
    "users",
    "sleep",
    "null",
    "like",
    "in",
    "is",
    "not",
    "case",
    "when",
    "then",
    "waitfor delay",
    "exec",
    "call",
    "m.x",
    "my_name",
    "sp_who",
    "xp_cmdshell",
    "concat",
    "version",
    "information_schema",
    "drop table",
    "alert",
    "eval",
    "top",
    "document",
    "cookie",
    "location",
    "constructor",
    "window",
    "self",
    "javascript:",
    "script",
    "img",
    "svg",
    "onerror",
    "onload",
    "src",
    "style",
    "href",
    "cat",
    "ls",
    "id",
    "whoami",
    "wget",
    "curl",
    "bash",
    "sh",
    "-c",
    "time",
    "env",
    "iex",
    "cmd",
    "/c",
    "if",
    "for",
    "do",
    "echo",
    "IFS",
    "/etc/passwd",
    "etc",
    "passwd",
    "jndi",
    "ldap",
    "lower",
    "uid",
    "cn",
    "objectClass",
    "name()",
    "count",
    "text()",
    "child",
    "config",
    "__class__",
    "system",
    "7*7",
    "it",
    "the",
    "me",
    "don't",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_gate_loses_anything_in_pieces_of_languages(at in prop::collection::vec(0..PIECES.len(), 1..14)) {
        let text: String = at.into_iter().map(|at| PIECES[at]).collect();
        assert_nothing_is_lost(text.as_bytes());
    }

    #[test]
    fn no_gate_loses_anything_in_examples_cut_and_joined(
        one in any::<prop::sample::Selector>(),
        other in any::<prop::sample::Selector>(),
        cut in 0..80usize,
        rest in 0..80usize,
    ) {
        let (one, other) = (one.select(&*EXAMPLES), other.select(&*EXAMPLES));
        let head: String = one.chars().take(cut).collect();
        let tail: String = other.chars().skip(rest).collect();
        assert_nothing_is_lost(format!("{head}{tail}").as_bytes());
    }
}
