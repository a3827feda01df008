//! Tokenisers read what repeats itself, which costs most, in time that grows as the text does.

use std::time::Duration;

use framewall_core::engine::tokens::{self, Hit};

mod clock;

use clock::spent;

type Judge = fn(&[u8]) -> Option<Hit>;

const ALL: &[(&str, Judge)] = &[
    ("sql", tokens::sql::judge),
    ("html", tokens::html::judge),
    ("js", tokens::js::judge),
    ("shell", tokens::shell::judge),
    ("url", tokens::url::judge),
    ("template", tokens::template::judge),
    ("jndi", tokens::jndi::judge),
    ("ldap", tokens::ldap::judge),
    ("path", tokens::path::judge),
    ("xpath", tokens::xpath::judge),
];

/// Signs that languages are made of, and a few letters.
const SIGNS: &[u8] = b"'\"`()[]{}<>=;:,./\\|&#-*+%$@!?^~ \n\0a0";

/// What begins something in one of the languages, and does not end it.
const OPENINGS: &[&str] = &[
    "<a ",
    "<a b='",
    "<!--",
    "<svg onload=",
    "onclick=\"",
    "style=\"/*",
    "javascript:",
    "java&#115;",
    "/*",
    "/*!",
    "--",
    "select ",
    "union select(",
    "$a$",
    "' or ",
    "case when ",
    "@@a",
    "{{",
    "${",
    "#{",
    "[[",
    "{%",
    "{%'",
    "<%",
    "@(a",
    "#set($",
    "alert(1,",
    "alert`${",
    "['a'+",
    "\\u0061",
    "a:b",
    "http://a@",
    "http:",
    "jar:a!",
    "....//",
    "../",
    "0x2e",
    "${a:-",
    "$(a",
    "${a",
    "`a",
    "{a,",
    "/?",
    "/[a",
    "%a:~",
    "if a ",
    "for %a ",
    "$'\\x",
    "a^",
    "(&(",
    ")(|",
    "*)(",
    ":1.2.3.4:",
    "child::",
    "count(/",
    "//a[",
    "']",
    "'] | ",
];

fn time(judge: Judge, unit: &[u8], size: usize) -> Duration {
    let text = unit.repeat(size / unit.len());
    let start = spent();
    std::hint::black_box(judge(std::hint::black_box(&text)));
    spent() - start
}

/// The least of a few runs over a short text and over one eight times as long, by turns: what shares the processor's
/// caches slows both.
fn least(judge: Judge, unit: &[u8]) -> (Duration, Duration) {
    let runs = (0..5).map(|_| (time(judge, unit, 4 << 10), time(judge, unit, 32 << 10)));
    runs.reduce(|least, run| (least.0.min(run.0), least.1.min(run.1))).expect("a run")
}

/// Eight times the text may take eight times as long, and twice that for what the caches do not hold. Quadratic work
/// takes 64 times as long however often it is tried.
fn grows_linearly(judge: Judge, unit: &[u8]) -> bool {
    // What takes next to nothing of a text that is long enough to tell is not looked at again.
    time(judge, unit, 4 << 10) < Duration::from_millis(1)
        || (0..4).any(|_| {
            let (short, long) = least(judge, unit);
            long < short * 16 + Duration::from_millis(1)
        })
}

fn assert_linear(units: impl Iterator<Item = Vec<u8>>) {
    for unit in units {
        for (name, judge) in ALL {
            assert!(
                grows_linearly(*judge, &unit),
                "{name} on {:?}: for 4 KiB and 32 {:?}",
                String::from_utf8_lossy(&unit),
                least(*judge, &unit),
            );
        }
    }
}

#[test]
fn one_byte_again_and_again_is_read_in_linear_time() {
    assert_linear((0..=255).map(|byte| vec![byte]));
}

#[test]
fn two_bytes_again_and_again_are_read_in_linear_time() {
    assert_linear(SIGNS.iter().flat_map(|one| SIGNS.iter().map(|two| vec![*one, *two])));
}

#[test]
fn what_opens_again_and_again_is_read_in_linear_time() {
    let joined = OPENINGS.iter().flat_map(|one| ["", " ", "'"].map(|between| format!("{one}{between}").into_bytes()));
    assert_linear(joined);
}

/// What no text of these sizes should take, in a build for tests on a busy machine: far beyond linear.
#[test]
fn nothing_takes_long() {
    for opening in OPENINGS {
        for (name, judge) in ALL {
            let mut tries = (0..5).map(|_| time(*judge, opening.as_bytes(), 16 << 10));
            assert!(tries.any(|time| time < Duration::from_millis(100)), "{name} on {opening:?}");
        }
    }
}
