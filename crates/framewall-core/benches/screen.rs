//! What the screen costs on a message, with the built-in rules: `cargo bench -p framewall-core --bench screen`.
//!
//! Messages are distinct: a repeated one would be learnt by the branch predictor. Prints the least of many rounds.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use framewall_core::engine::Scratch;
use framewall_core::screen::{Screen, Split, Way};
use framewall_core::wire::Side;

#[path = "../tests/builtin/mod.rs"]
mod builtin;

const ROUNDS: usize = 40;
const MESSAGES: usize = 256;
const WORDS: &[&str] = &[
    "the", "people", "good", "morning", "or", "from", "it's", "where", "meet", "and", "5", "o'clock", "menu.", "yes,",
    "somebody", "tomorrow", "release", "notes?", "(again)", "seen", "not", "yet",
];

struct Words(u64);

impl Words {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn text(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            text.push_str(WORDS[self.number() as usize % WORDS.len()]);
            text.push(' ');
        }
        text.trim_end().to_owned()
    }
}

type Write = fn(&mut Words) -> String;

const ALL: &[(&str, &str, Write)] = &[
    ("plain, 60 bytes", "plain", |words| words.text(60)),
    ("json chat", "plain", |words| format!(r#"{{"room":"lobby","text":"{}"}}"#, words.text(50))),
    ("socket.io chat", "socket.io/4", |words| {
        format!(r#"42["message",{{"room":"lobby","text":"{}"}}]"#, words.text(50))
    }),
    ("signalr chat", "signalr/json", |words| {
        format!("{{\"arguments\":[\"ann\",\"{}\"],\"target\":\"Send\",\"type\":1}}\x1e", words.text(50))
    }),
    ("stomp chat", "stomp", |words| format!("SEND\ndestination:/app/chat\n\n{{\"text\":\"{}\"}}\0", words.text(50))),
    ("json, 2 KB", "plain", |words| {
        let item = |place| {
            let (price, note) = (words.number() % 10_000, words.text(40));
            format!(r#"{{"id":{place},"name":"item {place}","price":{price},"isOpen":true,"description":"{note}"}}"#)
        };
        format!(r#"{{"type":"list","items":[{}]}}"#, (0..19).map(item).collect::<Vec<_>>().join(","))
    }),
];

fn main() {
    let engine = Arc::new(builtin::engine());
    let mut scratch = Scratch::default();
    println!("{:<18} {:>6} {:>8} {:>8}", "message", "bytes", "ns", "passed");
    let only = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    for (name, split, write) in ALL {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        let mut words = Words(0x9e37_79b9_7f4a_7c15);
        let messages: Vec<String> = (0..MESSAGES).map(|_| write(&mut words)).collect();
        let split = Arc::new(Split::new(split, &[], None).expect("a split"));
        let screen = Screen::new(Arc::clone(&engine), Some(Way { split, settings: Arc::default() }), None);
        let mut passes = |text: &String| screen.passes(Side::Client, true, text.as_bytes(), &mut scratch).is_some();
        let passed = messages.iter().filter(|text| passes(text)).count();
        let round = |_| {
            let start = Instant::now();
            messages.iter().for_each(|text| {
                black_box(passes(black_box(text)));
            });
            start.elapsed().as_nanos() as f64 / MESSAGES as f64
        };
        let least = (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min);
        let bytes = messages.iter().map(String::len).sum::<usize>() / MESSAGES;
        println!("{name:<18} {bytes:>6} {least:>8.0} {:>7.0}%", passed as f64 * 100.0 / MESSAGES as f64);
    }
}
