//! What reading a message costs: `cargo bench -p framewall-core --bench wire`.
//!
//! Prints the least of many rounds in nanoseconds a message: what is above it was other work on the machine.

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use framewall_core::wire::boundary::Boundary;
use framewall_core::wire::frame::{Header, Opcode, encode};
use framewall_core::wire::tunnel::Inbound;
use framewall_core::wire::{Deflate, Negotiated, Side, WireLimits, mask};

const ROUNDS: usize = 100;
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
/// What one read from a socket brings.
const CHUNK: usize = 16 << 10;

fn chat(i: usize) -> Vec<u8> {
    format!(r#"42["new message",{{"room":"lobby","text":"hello number {i}, how are you today?"}}]"#).into_bytes()
}

fn deflated(messages: &[Vec<u8>], takeover: bool) -> Vec<u8> {
    let new = || zlib_rs::Deflate::new(6, false, 15);
    let (mut deflate, mut wire) = (new(), Vec::new());
    for message in messages {
        if !takeover {
            deflate = new();
        }
        let mut out = vec![0; message.len() * 2 + 100];
        let before = deflate.total_out();
        deflate.compress(message, &mut out, zlib_rs::DeflateFlush::SyncFlush).expect("there is room");
        out.truncate((deflate.total_out() - before) as usize - 4);
        let payload_len = out.len() as u64;
        Header { fin: true, rsv1: true, opcode: Opcode::Text, mask: Some(KEY), payload_len, header_len: 0 }
            .write(&mut wire);
        mask::append(&mut wire, &out, KEY, 0);
    }
    wire
}

fn report(what: &str, messages: usize, bytes: usize, mut round: impl FnMut()) {
    round();
    let least = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            round();
            start.elapsed().as_nanos() as f64 / messages as f64
        })
        .fold(f64::INFINITY, f64::min);
    println!("{what:<52} {least:>10.0} ns a message {:>8.2} GB/s", bytes as f64 / messages as f64 / least);
}

fn drain(reader: &mut Inbound) {
    while let Some(unit) = reader.next().expect("an honest stream") {
        black_box(&unit);
    }
}

fn judged(what: &str, wire: &[u8], messages: usize, payload: usize, deflate: Option<Deflate>) {
    let negotiated = Negotiated { subprotocol: None, deflate };
    let reader = || Inbound::new(Side::Client, &negotiated, WireLimits::default());
    report(&format!("{what}, copied in"), messages, payload, || {
        let mut reader = reader();
        for chunk in wire.chunks(CHUNK) {
            reader.receive(chunk);
            drain(&mut reader);
        }
    });
    let chunks: Vec<Bytes> = wire.chunks(CHUNK).map(Bytes::copy_from_slice).collect();
    let mut kept = 0;
    report(&format!("{what}, handed over"), messages, payload, || {
        let mut reader = reader();
        for chunk in &chunks {
            reader.receive_bytes(chunk.clone());
            drain(&mut reader);
        }
        kept = reader.memory();
    });
    if deflate.is_some() {
        println!("{:<52} {kept:>10} bytes", format!("{what}, kept between messages"));
    }
}

fn main() {
    // The C library's allocator stops giving memory back after each message once it has seen a large block freed.
    drop(black_box(vec![0u8; 16 << 20]));
    let texts: Vec<Vec<u8>> = (0..1000).map(chat).collect();
    let bytes: usize = texts.iter().map(Vec::len).sum();
    let plain: Vec<u8> = texts.iter().flat_map(|text| encode(Opcode::Text, text, Some(KEY))).collect();
    judged("80 bytes of masked text", &plain, texts.len(), bytes, None);

    let big = vec![0x61; 64 << 10];
    for (what, opcode) in [("64 KiB of masked binary", Opcode::Binary), ("64 KiB of masked text", Opcode::Text)] {
        let wire = encode(opcode, &big, Some(KEY)).repeat(10);
        judged(what, &wire, 10, 10 * big.len(), None);
    }

    let no_takeover = Deflate { client_no_context_takeover: true, ..Deflate::default() };
    judged("80 bytes deflated, takeover", &deflated(&texts, true), texts.len(), bytes, Some(Deflate::default()));
    judged("80 bytes deflated, no takeover", &deflated(&texts, false), texts.len(), bytes, Some(no_takeover));
    let long = vec![texts.concat()[..64 << 10].to_vec(); 10];
    judged("64 KiB deflated", &deflated(&long, false), 10, 10 * (64 << 10), Some(no_takeover));

    let served: Vec<u8> = texts.iter().flat_map(|text| encode(Opcode::Text, text, None)).collect();
    report("80 bytes passed through unjudged", texts.len(), bytes, || {
        let mut boundary = Boundary::new(Side::Server, &Negotiated::default());
        for chunk in served.chunks(CHUNK) {
            black_box(boundary.advance(chunk)).expect("an honest stream");
        }
    });
}
