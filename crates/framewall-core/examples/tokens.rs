//! Each tokeniser alone over a corpus: recall by category, false positives by kind.
//!
//! `cargo run --release --example tokens -- TOKENISER DIR [misses|alarms|time] [category or kind]`, where `DIR` holds
//! `attacks.dev.jsonl` and `benign.dev.jsonl`.

use std::collections::BTreeMap;
use std::time::Instant;

use framewall_core::engine::tokens::{self, Hit, SURE};

type Judge = fn(&[u8]) -> Option<Hit>;

fn tokeniser(name: &str) -> Judge {
    match name {
        "sql" => tokens::sql::judge,
        "html" => tokens::html::judge,
        "js" => tokens::js::judge,
        "jndi" => tokens::jndi::judge,
        "template" => tokens::template::judge,
        "url" => tokens::url::judge,
        "ldap" => tokens::ldap::judge,
        "path" => tokens::path::judge,
        "xpath" => tokens::xpath::judge,
        "shell" => tokens::shell::judge,
        "xss" => |text| {
            [tokens::html::judge(text), tokens::js::judge(text)].into_iter().flatten().max_by_key(|hit| hit.strength)
        },
        other => panic!("no tokeniser {other}"),
    }
}

/// The strings of a flat JSON object of strings.
fn object(line: &str) -> BTreeMap<String, String> {
    let mut strings = Vec::new();
    let mut chars = line.chars();
    while let Some(next) = chars.next() {
        if next != '"' {
            continue;
        }
        let mut text = String::new();
        let mut high = None;
        while let Some(next) = chars.next() {
            match next {
                '"' => break,
                '\\' => match chars.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('b') => text.push('\u{8}'),
                    Some('f') => text.push('\u{c}'),
                    Some('u') => {
                        let unit: String = chars.by_ref().take(4).collect();
                        let unit = u32::from_str_radix(&unit, 16).unwrap_or(0xFFFD);
                        match (high.take(), unit) {
                            (_, 0xD800..=0xDBFF) => high = Some(unit),
                            (Some(high), 0xDC00..=0xDFFF) => text.push(
                                char::from_u32(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00))
                                    .unwrap_or('\u{FFFD}'),
                            ),
                            _ => text.push(char::from_u32(unit).unwrap_or('\u{FFFD}')),
                        }
                    }
                    Some(other) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        strings.push(text);
    }
    strings.chunks(2).filter(|pair| pair.len() == 2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// A stand-in for the engine's views: percent-decoding and the entities XML needs.
fn views(text: &str) -> Vec<Vec<u8>> {
    let mut views = vec![text.as_bytes().to_vec()];
    for decode in [percent, percent, entities] {
        let last = decode(views.last().expect("one view"));
        if !views.contains(&last) {
            views.push(last);
        }
    }
    // The leaves of the corpus's XML wrappers.
    if text.starts_with("<?xml") {
        for quoted in text.split('"').skip(1).step_by(2) {
            views.push(entities(quoted.as_bytes()));
        }
        for piece in text.split('>') {
            views.push(entities(piece.split('<').next().unwrap_or("").as_bytes()));
        }
    } else if text.starts_with('{') {
        for value in object(text).into_iter().flat_map(|(key, value)| [key, value]) {
            views.push(value.into_bytes());
        }
    }
    views
}

fn percent(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    let spaced = text.contains(&b'%') && !text.contains(&b' ');
    while at < text.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (text[at], hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'+', _) if spaced => {
                out.push(b' ');
                at += 1;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

fn entities(text: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(text).into_owned();
    for (name, value) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(name, value);
    }
    text.into_bytes()
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let judge = tokeniser(&args[1]);
    let mode = args.get(3).map_or("", String::as_str);
    let only = args.get(4).map_or("", String::as_str);
    let strongest = |text: &str| views(text).iter().filter_map(|view| judge(view)).max_by_key(|hit| hit.strength);
    let (mut recall, mut alarms) = (BTreeMap::<String, (u32, u32)>::new(), BTreeMap::<String, (u32, u32)>::new());
    let read = |name: &str| std::fs::read_to_string(format!("{}/{name}.dev.jsonl", args[2])).expect("corpus");
    for line in read("attacks").lines() {
        let row = object(line);
        if !matches!(row["tier"].as_str(), "curated" | "crs-pl1") {
            continue;
        }
        let hit = strongest(&row["payload"]);
        let entry = recall.entry(format!("{:8} {}", row["tier"], row["cat"])).or_default();
        let sure = hit.as_ref().is_some_and(|hit| hit.strength >= SURE);
        entry.0 += u32::from(sure);
        entry.1 += 1;
        if !sure && mode == "misses" && row["cat"] == only {
            println!(
                "{:3} {:30} {:?}",
                hit.map_or(0, |hit| hit.strength),
                row["src"],
                row["payload"].chars().take(200).collect::<String>()
            );
        }
    }
    let mut times = Vec::new();
    for line in read("benign").lines() {
        let row = object(line);
        let started = Instant::now();
        std::hint::black_box(judge(row["text"].as_bytes()));
        times.push(started.elapsed().as_nanos());
        let hit = strongest(&row["text"]);
        let entry = alarms.entry(row["kind"].clone()).or_default();
        let sure = hit.as_ref().is_some_and(|hit| hit.strength >= SURE);
        entry.0 += u32::from(sure);
        entry.1 += 1;
        if sure && mode == "alarms" && (only.is_empty() || row["kind"] == only) {
            println!("{} {:?} {:?}", row["kind"], hit, row["text"].chars().take(300).collect::<String>());
        }
    }
    times.sort_unstable();
    for (name, (found, all)) in &recall {
        println!("recall {name:24} {found:5}/{all:5} {:6.1} %", f64::from(*found) * 100.0 / f64::from(*all));
    }
    for (name, (found, all)) in &alarms {
        println!("alarms {name:24} {found:5}/{all:5} {:6.2} %", f64::from(*found) * 100.0 / f64::from(*all));
    }
    println!(
        "ns a message: median {} p99 {} mean {}",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times.iter().sum::<u128>() / times.len() as u128
    );
}
