//! Checksums that tell bytes that were changed by accident: CRC32C (Castagnoli) for what is ours, and
//! CRC32 as gzip has it.
//!
//! Four bytes at a time (Kounavis and Berry 2005, "slicing"), from 4 KB of table that is computed each
//! time: that takes microseconds, and tables of random bits do not compress on their way to the page.

/// The polynomial 0x1EDC6F41, its bits reversed.
const CASTAGNOLI: u32 = 0x82F6_3B78;
/// The polynomial 0x04C11DB7, its bits reversed.
const ISO: u32 = 0xEDB8_8320;

/// What a byte adds that has 0 to 3 others behind it.
fn tables(polynomial: u32) -> [[u32; 256]; 4] {
    let step = |crc: u32| match crc & 1 {
        1 => crc >> 1 ^ polynomial,
        _ => crc >> 1,
    };
    let none: [u32; 256] = std::array::from_fn(|byte| (0..8).fold(byte as u32, |crc, _| step(crc)));
    let more = |before: [u32; 256]| before.map(|crc| crc >> 8 ^ none[(crc & 0xFF) as usize]);
    let (one, two) = (more(none), more(more(none)));
    [none, one, two, more(two)]
}

fn sum(polynomial: u32, before: u32, pieces: &[&[u8]]) -> u32 {
    let tables = tables(polynomial);
    let mut crc = !before;
    for piece in pieces {
        let (fours, rest) = piece.as_chunks::<4>();
        for four in fours {
            let [a, b, c, d] = (crc ^ u32::from_le_bytes(*four)).to_le_bytes().map(usize::from);
            crc = tables[3][a] ^ tables[2][b] ^ tables[1][c] ^ tables[0][d];
        }
        for byte in rest {
            crc = tables[0][((crc ^ u32::from(*byte)) & 0xFF) as usize] ^ crc >> 8;
        }
    }
    !crc
}

/// The CRC32C of several pieces of bytes, as if they were one.
pub fn crc32c(pieces: &[&[u8]]) -> u32 {
    sum(CASTAGNOLI, 0, pieces)
}

/// The CRC32 of what came before, whose own is `before`, and of these bytes; of nothing it is 0.
pub fn crc32(before: u32, bytes: &[u8]) -> u32 {
    sum(ISO, before, &[bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standard() {
        // RFC 3720, section B.4, and the catalogue's check values.
        assert_eq!(crc32c(&[b"123456789"]), 0xE306_9283);
        assert_eq!(crc32c(&[&[0; 32]]), 0x8A91_36AA);
        assert_eq!(crc32c(&[&[0xFF; 32]]), 0x62A8_AB43);
        assert_eq!(crc32c(&[b"1234", b"", b"56789"]), 0xE306_9283);
        assert_eq!(crc32c(&[]), 0);
        assert_eq!(crc32(0, b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(crc32(0, b"1234"), b"56789"), 0xCBF4_3926);
    }
}
