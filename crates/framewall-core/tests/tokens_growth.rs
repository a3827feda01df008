//! Tokenisers read what repeats itself, which costs most, in time that grows as the text does.

use std::time::Duration;

use framewall_core::engine::tokens::{self, Hit};

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

/// Time that this thread spent on a processor: what others do beside it is not counted.
fn spent() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock is one that every Unix has, and the pointer is to a timespec of this function.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(failed, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn time(judge: Judge, unit: &[u8], size: usize) -> Duration {
    let text = unit.repeat(size / unit.len());
    let start = spent();
    std::hint::black_box(judge(std::hint::black_box(&text)));
    spent() - start
}

fn least(judge: Judge, unit: &[u8], size: usize) -> Duration {
    (0..5).map(|_| time(judge, unit, size)).min().unwrap()
}

/// Eight times the text may take eight times as long, and twice that for what the caches do not hold.
fn grows_linearly(judge: Judge, unit: &[u8]) -> bool {
    // What takes next to nothing of a text that is long enough to tell is not looked at again.
    time(judge, unit, 4 << 10) < Duration::from_millis(1)
        || least(judge, unit, 32 << 10) < least(judge, unit, 4 << 10) * 16 + Duration::from_millis(1)
}

fn assert_linear(units: impl Iterator<Item = Vec<u8>>) {
    for unit in units {
        for (name, judge) in ALL {
            assert!(
                grows_linearly(*judge, &unit),
                "{name} on {:?}: {:?} for 4 KiB, {:?} for 32",
                String::from_utf8_lossy(&unit),
                least(*judge, &unit, 4 << 10),
                least(*judge, &unit, 32 << 10),
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
            let time = time(*judge, opening.as_bytes(), 16 << 10);
            assert!(time < Duration::from_millis(100), "{name} on {opening:?}: {time:?}");
        }
    }
}
