//! What a tokeniser costs on one leaf: `cargo bench -p framewall-core --bench tokens`.
//!
//! Leaves are distinct: a repeated one would be learnt by the branch predictor. Prints the least of many rounds.

use std::hint::black_box;
use std::time::Instant;

use framewall_core::engine::tokens::{self, Hit};

const ROUNDS: usize = 30;
const LEAVES: usize = 256;
const LENGTH: usize = 100;

type Judge = fn(&[u8]) -> Option<Hit>;

const ALL: &[(&str, Judge)] = &[
    ("html", tokens::html::judge),
    ("jndi", tokens::jndi::judge),
    ("js", tokens::js::judge),
    ("ldap", tokens::ldap::judge),
    ("path", tokens::path::judge),
    ("shell", tokens::shell::judge),
    ("sql", tokens::sql::judge),
    ("template", tokens::template::judge),
    ("url", tokens::url::judge),
    ("xpath", tokens::xpath::judge),
];

/// Leaves of about [`LENGTH`] bytes, words in an order of their own each.
fn leaves(words: &[&str]) -> Vec<Vec<u8>> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    (0..LEAVES)
        .map(|_| {
            let mut text = String::new();
            while text.len() < LENGTH {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(words[(state >> 33) as usize % words.len()]);
                text.push(' ');
            }
            text.truncate(LENGTH);
            text.into_bytes()
        })
        .collect()
}

fn main() {
    let prose = leaves(&[
        "the",
        "people",
        "don't",
        "select",
        "or",
        "from",
        "it's",
        "where",
        "update",
        "and",
        "5",
        "o'clock",
        "menu.",
        "order",
        "by",
        "(maybe)",
        "http://example.org/a?b=c",
        "cat",
        "is",
        "there",
    ]);
    let hostile = leaves(&[
        "' or",
        "1=1",
        "union",
        "select",
        "(sleep(",
        "<svg",
        "onload=",
        "alert(1)",
        "; id",
        "${7*7}",
        "{{",
        "}}",
        "../",
        "http://0x7f/",
        "--",
        "\"",
        "`",
        ")(uid=*",
        "//*[",
        "$IFS",
    ]);
    for (kind, leaves) in [("prose", &prose), ("hostile", &hostile)] {
        for (name, judge) in ALL {
            let least = (0..ROUNDS)
                .map(|_| {
                    let start = Instant::now();
                    for leaf in leaves {
                        black_box(judge(black_box(leaf)));
                    }
                    start.elapsed().as_nanos() / leaves.len() as u128
                })
                .min()
                .unwrap_or_default();
            println!("{name:<10} {kind:<8} {least:>6} ns a leaf of {LENGTH} bytes");
        }
    }
}
