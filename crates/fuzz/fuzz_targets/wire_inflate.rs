//! Inflating from a history is the same as inflating with a decompressor that lives on, or it is refused.
#![no_main]

use framewall_core::wire::inflate::Inflater;
use framewall_core::wire::{Side, WireLimits};
use libfuzzer_sys::fuzz_target;
use zlib_rs::{Deflate, DeflateFlush, Inflate, InflateFlush, Status};

const LIMITS: WireLimits = WireLimits { message_bytes: 1 << 17, message_frames: 8 };
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// What a decompressor that lives on makes of a message; None once a final block has ended it.
fn living(inflate: &mut Inflate, message: &[u8]) -> Option<Vec<u8>> {
    let (mut made, mut scratch) = (Vec::new(), vec![0; 1 << 12]);
    let input = [message, &TAIL].concat();
    let mut rest = &input[..];
    loop {
        let (taken, out) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(rest, &mut scratch, InflateFlush::NoFlush).expect("the other one took it");
        rest = &rest[(inflate.total_in() - taken) as usize..];
        let fresh = (inflate.total_out() - out) as usize;
        made.extend_from_slice(&scratch[..fresh]);
        match status {
            Status::StreamEnd => return None,
            _ if fresh < scratch.len() => {
                assert!(rest.is_empty());
                return Some(made);
            }
            _ => {}
        }
    }
}

fn deflated(deflate: &mut Deflate, message: &[u8]) -> Vec<u8> {
    let mut out = vec![0; message.len() * 2 + 1024];
    let before = deflate.total_out();
    deflate.compress(message, &mut out, DeflateFlush::SyncFlush).expect("there is room");
    out.truncate((deflate.total_out() - before) as usize);
    assert!(out.ends_with(&TAIL));
    out.truncate(out.len() - 4);
    out
}

fuzz_target!(|input: &[u8]| {
    let [setup, cut, bytes @ ..] = input else { return };
    let cut = bytes.len() * usize::from(*cut) / 256;
    let messages = [&bytes[..cut], &bytes[cut..]];

    // Hostile: the bytes are the compressed form.
    let mut inflater = Inflater::new(Side::Client, 15, false);
    let mut decompressor = Some(Inflate::new(false, 15));
    for message in messages {
        let Ok(payload) = inflater.message(message.chunks(7), false, &LIMITS) else { break };
        assert!(payload.len() as u64 <= LIMITS.message_bytes);
        if let Some(inflate) = &mut decompressor {
            match living(inflate, message) {
                Some(expected) => assert_eq!(payload, expected),
                None => decompressor = None,
            }
        }
    }

    // Honest: what is compressed comes back.
    let (bits, takeover) = (9 + setup % 7, setup & 0x80 == 0);
    let mut inflater = Inflater::new(Side::Client, bits, !takeover);
    let mut deflate = Deflate::new(i32::from(setup >> 3 & 7), false, bits);
    for message in [messages[0], messages[1], messages[0]] {
        if message.is_empty() {
            continue;
        }
        let compressed = deflated(&mut deflate, message);
        let inflated = inflater.message(compressed.chunks(3), false, &LIMITS).expect("an honest message");
        assert_eq!(inflated, message);
        if !takeover {
            deflate = Deflate::new(6, false, bits);
        }
    }
});
