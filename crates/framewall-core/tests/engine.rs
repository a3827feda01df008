//! The engine as a whole: the built-in rules compile and hold, nothing panics, growth is linear.

use framewall_core::engine::{Attack, Engine, Exception, Glob, Part, RuleSpec, Scratch, Settings, Target};
use framewall_core::formats::Role;
use proptest::prelude::*;

fn rule(id: &str, attack: Attack, pattern: &str) -> RuleSpec {
    RuleSpec {
        id: id.into(),
        attack,
        score: 5,
        targets: vec![Target::Key, Target::Value],
        paths: vec![],
        views: vec![],
        literals: vec![],
        pattern: Some(pattern.into()),
        unless: None,
        confirm: None,
        strength: 50,
        markup: None,
        anomaly: None,
        sensitivity: 1,
        code: true,
        references: vec![],
        seclang: None,
        examples: Default::default(),
    }
}

fn confirmed(id: &str, attack: Attack, confirm: &str, literals: &[&str]) -> RuleSpec {
    let literals = literals.iter().map(|text| text.to_string()).collect();
    RuleSpec { pattern: None, confirm: Some(confirm.into()), literals, ..rule(id, attack, "x") }
}

fn engine() -> Engine {
    Engine::compile(&[
        confirmed("xss.markup", Attack::Xss, "html", &["<", "script", "="]),
        confirmed("xss.script", Attack::Xss, "js", &["(", "`"]),
        confirmed("sqli.statement", Attack::Sqli, "sql", &["'", " or ", "union", "=", "--"]),
        confirmed("rce.shell", Attack::Rce, "shell", &[";", "|", "$", "`"]),
        rule("nosqli.operator", Attack::Nosqli, r"^\$(?:ne|gt)$"),
        rule("prototype_pollution.constructor", Attack::PrototypePollution, r"constructor\.prototype"),
    ])
    .expect("these rules are fine")
}

fn judge(engine: &Engine, bytes: &[u8], settings: &Settings) -> framewall_core::engine::Report {
    engine.inspect(&[Part { bytes, hint: "auto", role: Role::Value }], settings, &mut Scratch::default())
}

fn rules(bytes: &[u8]) -> Vec<String> {
    judge(&engine(), bytes, &Settings::default()).findings.iter().map(|finding| finding.rule.to_string()).collect()
}

#[test]
fn an_attack_in_a_value_is_found_with_its_path_and_span() {
    let message = br#"{"a":[{"text":"<script>alert(1)</script>"}]}"#;
    let report = judge(&engine(), message, &Settings::default());
    let finding = &report.findings[0];
    assert_eq!(finding.attack, Attack::Xss);
    assert_eq!(finding.chain, ["json"]);
    assert_eq!(finding.path.len(), 3);
    assert_eq!(&message[finding.span.clone().unwrap()], b"<script>alert(1)</script>");
}

#[test]
fn an_attack_in_a_key_is_found() {
    assert!(rules(br#"{"<script>alert(1)</script>":1}"#).contains(&"xss.markup".into()));
    assert_eq!(rules(br#"{"user":{"$ne":null}}"#), ["nosqli.operator"]);
}

#[test]
fn a_path_to_the_prototype_is_found() {
    assert_eq!(rules(br#"{"constructor":{"prototype":{"a":1}}}"#), ["prototype_pollution.constructor"]);
}

#[test]
fn every_disguise_is_seen_through() {
    for disguise in [
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%253Cscript%253Ealert(1)%253C/script%253E",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "&#x3cscript&#x3ealert(1)",
        r"\u003cscript\u003ealert(1)",
        r"\x3cscript\x3ealert(1)",
        r"\74script\76alert(1)",
        "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg",
        "3c7363726970743e616c6572742831293c2f7363726970743e",
        "＜script＞alert(1)＜/script＞",
        "<scr\u{200b}ipt>alert(1)</scr\u{200b}ipt>",
        "+ADw-script+AD4-alert(1)",
        "=3Cscript=3Ealert(1)",
        "UEhOamNtbHdkRDVoYkdWeWRDZ3hLVHd2YzJOeWFYQjBQZz09",
    ] {
        let message = format!("{{\"text\":{}}}", serde_json::to_string(disguise).unwrap());
        assert!(rules(message.as_bytes()).iter().any(|rule| rule.starts_with("xss")), "{disguise}");
    }
}

#[test]
fn a_document_in_a_string_is_read_and_the_path_goes_on() {
    let report = judge(&engine(), br#"{"data":"{\"user\":{\"$ne\":1}}"}"#, &Settings::default());
    assert_eq!(report.findings[0].chain, ["json", "json"]);
    assert_eq!(report.findings[0].path.len(), 3);
}

#[test]
fn everyday_talk_passes() {
    for text in ["don't", "select one or two", "<3", "I like this | that", "it's 5 o'clock; see you", "a & b"] {
        let message = format!("{{\"text\":{}}}", serde_json::to_string(text).unwrap());
        assert_eq!(rules(message.as_bytes()), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_cap_limits_a_class_and_an_exception_lets_a_field_be() {
    let message = br#"{"text":"<script>alert(1)</script>"}"#;
    let capped = Settings { cap: 3, ..Settings::default() };
    assert_eq!(judge(&engine(), message, &capped).score, 3);
    let exception = Exception { path: Glob::new("*text"), attack: Some(Attack::Xss), rule: None };
    let excepted = Settings { exceptions: vec![exception], ..Settings::default() };
    assert_eq!(judge(&engine(), message, &excepted).score, 0);
}

#[test]
fn a_plain_look_reads_on_where_a_cap_ended_the_usual_one() {
    let caps = [
        Settings { work: 100_000, ..Settings::default() },
        Settings { nodes: 50, ..Settings::default() },
        Settings { depth: 2, layers: 1, fanout: 1, decoded_bytes: 64, ..Settings::default() },
    ];
    let many = r#"["x' or y & %2541 &lt;b&gt; \u0041"],"#.repeat(5_000);
    for attack in
        ["<script>alert(1)</script>", "%3Cscript%3Ealert(1)", "&lt;script&gt;alert(1)", "%26lt;script>alert(1)"]
    {
        let message = format!("[[[[{many}\"{attack}\"]]]]");
        for usual in &caps {
            let is_found = |settings: &Settings| {
                let report = judge(&engine(), message.as_bytes(), settings);
                report.findings.iter().any(|finding| finding.attack == Attack::Xss)
            };
            assert!(!is_found(usual), "{attack}: it is not read");
            assert!(is_found(&Settings { plain: true, ..usual.clone() }), "{attack}");
        }
    }
    let plain = Settings { plain: true, work: 1, nodes: 1, ..Settings::default() };
    let report = judge(&engine(), many.as_bytes(), &plain);
    assert!(!report.findings.iter().any(|finding| finding.attack == Attack::DataBomb), "no cap ends it");
}

/// Rules are loaded anew while threads keep what the old ones' patterns have built up.
#[test]
fn one_scratch_serves_one_engine_after_another() {
    let patterns = [r"a[0-9]+z", r"(?i)(?:union|select).{0,80}from", r"\bpass(?:word|wd)?\b\s*=", r"^\$(?:ne|gt)$"];
    let texts = ["a12345z", "Union all that is from here", "password = x", "$ne", "nothing of all this"];
    let engines: Vec<Engine> = (0..patterns.len())
        .map(|first| {
            let order = patterns.iter().cycle().skip(first).take(patterns.len());
            let rules: Vec<RuleSpec> = order.map(|pattern| rule(pattern, Attack::Sqli, pattern)).collect();
            Engine::compile(&rules).expect("these rules are fine")
        })
        .collect();
    let mut kept = Scratch::default();
    for text in texts.iter().cycle().take(40) {
        for engine in &engines {
            let parts = [Part { bytes: text.as_bytes(), hint: "text", role: Role::Value }];
            let inspect = |scratch: &mut Scratch| {
                let report = engine.inspect(&parts, &Settings::default(), scratch);
                report.findings.iter().map(|finding| finding.rule.to_string()).collect::<Vec<_>>()
            };
            assert_eq!(inspect(&mut kept), inspect(&mut Scratch::default()), "{text}");
        }
    }
}

#[test]
fn protected_fields_are_reported() {
    let settings = Settings { protected_fields: vec![Glob::new("isAdmin")], ..Settings::default() };
    let report = judge(&engine(), br#"{"profile":{"isAdmin":true}}"#, &settings);
    assert_eq!(report.findings[0].attack, Attack::MassAssignment);
}

#[test]
fn spending_the_work_is_a_finding() {
    let settings = Settings { work: 1000, ..Settings::default() };
    let report = judge(&engine(), "' or ".repeat(4000).as_bytes(), &settings);
    assert!(report.findings.iter().any(|finding| &*finding.rule == "data_bomb.scan_work"));
    assert!(report.score >= settings.threshold);
}

#[test]
fn a_rule_whose_literals_its_pattern_does_not_imply_is_refused() {
    let lying = RuleSpec { literals: vec!["union".into()], ..rule("x", Attack::Sqli, "union|select") };
    assert!(Engine::compile(&[lying]).unwrap_err().why.contains("literals"));
}

#[test]
fn a_rule_that_would_run_on_every_text_is_refused() {
    assert!(Engine::compile(&[rule("x", Attack::Sqli, "[a-z]+")]).is_err());
    assert!(Engine::compile(&[rule("x", Attack::Sqli, r"(a)\1")]).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        judge(&engine(), &bytes, &Settings::default());
    }

    #[test]
    fn no_text_of_signs_makes_it_panic(text in r#"[<>'"`%&\\;|$(){}\[\]=/+*#!@ a-f0-9\u00e9\uff1c-]{0,200}"#) {
        judge(&engine(), text.as_bytes(), &Settings::default());
    }

    #[test]
    fn what_stands_beside_an_attack_does_not_hide_it(words in "[a-z ]{0,40}", tail in "[a-z ]{0,40}") {
        let message = format!("{{\"text\":\"{words} <script>alert(1)</script> {tail}\"}}");
        prop_assert!(judge(&engine(), message.as_bytes(), &Settings::default()).score >= 5);
    }

    #[test]
    fn padding_does_not_hide_an_attack(size in 0usize..20_000) {
        let message = format!("{{\"text\":\"{} <script>alert(1)</script>\"}}", "word ".repeat(size / 5));
        prop_assert!(judge(&engine(), message.as_bytes(), &Settings::default()).score >= 5);
    }
}
