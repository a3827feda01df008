//! Any bytes, in any chunks, in either direction: no panic, the same units, every byte accounted for.
#![no_main]

use framewall_core::wire::boundary::Boundary;
use framewall_core::wire::tunnel::{Inbound, Unit};
use framewall_core::wire::{Deflate, Negotiated, Side, WireError, WireLimits};
use libfuzzer_sys::fuzz_target;

const LIMITS: WireLimits = WireLimits { message_bytes: 1 << 16, message_frames: 8 };

fn negotiated(setup: u8) -> Negotiated {
    let deflate = Deflate {
        client_no_context_takeover: setup & 4 != 0,
        server_no_context_takeover: setup & 4 != 0,
        client_max_window_bits: if setup & 8 != 0 { 9 } else { 15 },
        ..Deflate::default()
    };
    Negotiated { subprotocol: None, deflate: (setup & 2 != 0).then_some(deflate) }
}

fn read(reader: &mut Inbound, chunks: impl Iterator<Item = Vec<u8>>) -> (Vec<Unit>, Option<WireError>) {
    let mut units = Vec::new();
    for chunk in chunks {
        reader.receive(&chunk);
        loop {
            match reader.next() {
                Ok(Some(unit)) => units.push(unit),
                Ok(None) => break,
                Err(error) => return (units, Some(error)),
            }
        }
        // Wire and payload, each grown by doubling; eight frames of at most 14 bytes of header; the history.
        assert!(reader.memory() <= 4 * (1 << 16) + 1024 + (1 << 16));
    }
    (units, None)
}

fuzz_target!(|input: &[u8]| {
    let [setup, step, bytes @ ..] = input else { return };
    let sender = if setup & 1 == 0 { Side::Client } else { Side::Server };
    let negotiated = negotiated(*setup);
    let reader = || Inbound::new(sender, &negotiated, LIMITS);
    let (mut whole, mut pieces, mut single) = (reader(), reader(), reader());
    let (units, error) = read(&mut whole, std::iter::once(bytes.to_vec()));
    let step = usize::from(*step).max(1);
    let in_pieces = read(&mut pieces, bytes.chunks(step).map(<[u8]>::to_vec));
    let one_by_one = read(&mut single, bytes.chunks(1).map(<[u8]>::to_vec));
    assert_eq!((&units, &error), (&in_pieces.0, &in_pieces.1));
    assert_eq!((&units, &error), (&one_by_one.0, &one_by_one.1));

    let released: usize = units.iter().map(|unit| unit.wire().len()).sum();
    assert!(released <= bytes.len());
    for unit in &units {
        if let Unit::Message(message) = unit {
            assert!(message.payload.len() as u64 <= LIMITS.message_bytes);
        }
    }
    if error.is_none() {
        let mut boundary = Boundary::new(sender, &negotiated);
        let passed = boundary.advance(bytes).expect("what the judge reads, the tracker follows");
        assert_eq!(boundary.seen_close(), whole.seen_close());
        assert!(passed == bytes.len() || (boundary.seen_close() && passed < bytes.len()));
        assert_eq!((bytes.len() - passed) as u64, whole.discarded());
        let unit_wires: usize = units.iter().map(|unit| unit.wire().len()).sum();
        if !whole.unfinished() && !whole.seen_close() {
            assert_eq!(unit_wires, bytes.len());
        }
    }
});
