//! The XOR mask of client frames (RFC 6455 5.3).

/// XORs `bytes` with `key`, where `bytes` starts `phase` bytes into the payload. Its own inverse.
pub fn apply(bytes: &mut [u8], key: [u8; 4], phase: usize) {
    let key = rotated(key, phase);
    let wide = u128::from_ne_bytes(std::array::from_fn(|i| key[i % 4]));
    let mut blocks = bytes.chunks_exact_mut(16);
    for block in &mut blocks {
        let block: &mut [u8; 16] = block.try_into().expect("chunks_exact_mut gives 16 bytes");
        *block = (u128::from_ne_bytes(*block) ^ wide).to_ne_bytes();
    }
    for (i, byte) in blocks.into_remainder().iter_mut().enumerate() {
        *byte ^= key[i % 4];
    }
}

/// Appends `masked`, which starts `phase` bytes into its payload, unmasked to `out`.
pub fn append(out: &mut Vec<u8>, masked: &[u8], key: [u8; 4], phase: usize) {
    let start = out.len();
    out.extend_from_slice(masked);
    apply(&mut out[start..], key, phase);
}

fn rotated(key: [u8; 4], phase: usize) -> [u8; 4] {
    std::array::from_fn(|i| key[(i + phase) % 4])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 6455 5.7: a single-frame masked text message "Hello".
    #[test]
    fn the_masked_hello_of_the_rfc_unmasks() {
        let mut out = b"> ".to_vec();
        append(&mut out, &[0x7f, 0x9f, 0x4d, 0x51, 0x58], [0x37, 0xfa, 0x21, 0x3d], 0);
        assert_eq!(out, b"> Hello");
    }

    proptest! {
        /// RFC 6455 5.3: transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4).
        #[test]
        fn any_piece_is_masked_as_the_definition_says(
            payload in proptest::collection::vec(any::<u8>(), 0..200), key in any::<[u8; 4]>(), cut in 0usize..200,
        ) {
            let expected: Vec<u8> = payload.iter().enumerate().map(|(i, b)| b ^ key[i % 4]).collect();
            let cut = cut.min(payload.len());
            let mut out = Vec::new();
            append(&mut out, &payload[..cut], key, 0);
            append(&mut out, &payload[cut..], key, cut);
            prop_assert_eq!(out, expected);
        }
    }
}
