//! Neither the order in which views are tried nor what was read before hides anything.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::Scan;
use crate::engine::inspect::judge;
use crate::engine::views::ORDER;
use crate::engine::{Attack, Engine, Part, Scratch, Settings};
use crate::formats::Role;

#[path = "../../../tests/builtin/mod.rs"]
mod builtin;

static ENGINE: LazyLock<Engine> = LazyLock::new(builtin::engine);

/// What is found, with the views in this order; none if a limit was reached, after which the order may tell.
fn found(engine: &Engine, text: &[u8], order: &[u8]) -> Option<BTreeSet<(String, Attack)>> {
    let (settings, mut scratch) = (Settings { work: 8 << 30, fanout: 512, ..Settings::default() }, Scratch::default());
    let mut scan = Scan::new(engine, &settings, &mut scratch);
    scan.order = order;
    let report = judge(&[Part { bytes: text, hint: "text", role: Role::Value }], &settings, scan);
    let found: BTreeSet<_> = report.findings.iter().map(|one| (one.rule.to_string(), one.attack)).collect();
    (!found.iter().any(|(rule, _)| rule.starts_with("data_bomb."))).then_some(found)
}

#[test]
fn what_one_view_reads_for_its_classes_another_one_reads_for_all() {
    let rules = r#"[{"id": "xss.tag", "attack": "xss", "score": 5, "pattern": "<script>"}]"#;
    let engine = Engine::from_json(rules).expect("a rule");
    // Without the doubled quote both a shell and, its backslashes read, JavaScript have the same text.
    let text = br"<scr\ipt>";
    let mut order = ORDER;
    let ways = [order, {
        order.reverse();
        order
    }];
    let found = ways.map(|order| found(&engine, text, &order).expect("no limit"));
    assert_eq!(found[0].len(), 1, "{found:?}");
    assert_eq!(found[0], found[1]);
}

fn disguised() -> impl Strategy<Value = Vec<u8>> {
    #[rustfmt::skip]
    let piece = prop::sample::select(vec![
        "<script>alert(1)</script>", "' or 1=1 -- ", "; cat /etc/passwd", "1 union select 1,2 from users", "../../../etc/passwd",
        "%3Cscript%3Ealert(1)%3C/script%3E", "&lt;script&gt;alert(1)", "\\u003cscript>alert(1)", "+ADw-script+AD4-alert(1)",
        "=3Cscript=3Ealert(1)", "un/**/ion sel/**/ect 1,2 from users", "al'+'ert(1)", "c'a't /etc/pass\\wd", "c$@at${IFS}/etc/passwd",
        "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "\u{ff1c}script\u{ff1e}alert(1)", "<scr\u{200b}ipt>", "<scr\0ipt>", "%", "&", "\\", "+", "'",
        "\"", "`", "/*", "*/", "<!--", "-->", "%25", "&amp;", "\\x25", "\\\\", "=\n", " ", "\n", "a", "1", ";", "\u{2019}",
    ]);
    let far = prop::sample::select(vec!["", "", "it is a long talk, and they all go on; ", "one two three four "]);
    let pieces = prop::collection::vec((piece, far, 0..200usize), 1..6);
    pieces.prop_map(|all| {
        all.into_iter().map(|(piece, far, times)| [piece, &far.repeat(times)].concat()).collect::<String>().into_bytes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_views_in_another_order_give_the_same_rules(text in disguised(), order in Just(ORDER.to_vec()).prop_shuffle()) {
        if let (Some(usual), Some(other)) = (found(&ENGINE, &text, &ORDER), found(&ENGINE, &text, &order)) {
            prop_assert_eq!(usual, other, "{:?}", order);
        }
    }

    #[test]
    fn what_was_read_before_hides_nothing(messages in prop::collection::vec(short(), 1..24)) {
        let (mut kept, settings) = (Scratch::default(), Settings::default());
        for message in messages.iter().chain(&messages) {
            let rules = |scratch: &mut Scratch| {
                let part = Part { bytes: message.as_bytes(), hint: "auto", role: Role::Value };
                let findings = ENGINE.inspect(&[part], &settings, scratch).findings;
                findings.iter().map(|one| (one.rule.to_string(), one.path.to_string())).collect::<BTreeSet<_>>()
            };
            prop_assert_eq!(rules(&mut kept), rules(&mut Scratch::default()), "{}", message);
        }
    }
}

/// Small messages that have much in common, some of which say something only in its place.
fn short() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let text = || prop::sample::select(vec![
        "lobby", "Ann", "_admin", "com.sun.rowset.JdbcRowSetImpl", "$ne", "__proto__", "' or 1=1 --", "it's late", "a.b.c", "aWQ=", "isAdmin",
        "eyJhIjoxfQ", "%27%20or%201%3d1", "{\\\"$ne\\\":1}", "ls", "cat /etc/passwd",
    ]);
    let key = prop::sample::select(vec!["room", "roles", "@type", "$type", "text", "__proto__", "$ne", "a.b.c", "ls"]);
    prop_oneof![
        text().prop_map(str::to_owned),
        (key.clone(), text()).prop_map(|(key, text)| format!(r#"{{"{key}":"{text}"}}"#)),
        (key.clone(), key, text()).prop_map(|(one, two, text)| format!(r#"{{"{one}":{{"{two}":["{text}"]}}}}"#)),
    ]
}
