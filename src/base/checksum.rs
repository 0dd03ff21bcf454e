//! Checksums that tell bytes that were changed by accident: CRC32C (Castagnoli) for what is ours, and
//! CRC32 as gzip has it.
//!
//! Half a byte at a time, from 64 bytes of table. Faster ones have 8 KB of it, and tables of random
//! bits do not compress on their way to the page.

/// What each value of four bits adds, by a polynomial whose bits are reversed.
const fn table(polynomial: u32) -> [u32; 16] {
    let mut table = [0; 16];
    let mut value = 0;
    while value < 16 {
        let mut crc = value as u32;
        let mut bit = 0;
        while bit < 4 {
            crc = if crc & 1 == 1 { crc >> 1 ^ polynomial } else { crc >> 1 };
            bit += 1;
        }
        table[value] = crc;
        value += 1;
    }
    table
}

/// The polynomial 0x1EDC6F41.
const CASTAGNOLI: [u32; 16] = table(0x82F6_3B78);
/// The polynomial 0x04C11DB7.
const ISO: [u32; 16] = table(0xEDB8_8320);

fn add(table: &[u32; 16], crc: u32, byte: u8) -> u32 {
    let crc = crc ^ u32::from(byte);
    let crc = table[(crc & 15) as usize] ^ crc >> 4;
    table[(crc & 15) as usize] ^ crc >> 4
}

/// The CRC32C of several pieces of bytes, as if they were one.
pub fn crc32c(pieces: &[&[u8]]) -> u32 {
    let bytes = pieces.iter().copied().flatten();
    !bytes.fold(!0, |crc, byte| add(&CASTAGNOLI, crc, *byte))
}

/// The CRC32 of what came before, whose own is `before`, and of these bytes; of nothing it is 0.
pub fn crc32(before: u32, bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!before, |crc, byte| add(&ISO, crc, *byte))
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
