//! Bytes as text, 15 bits a UTF-16 unit: what a storage of texts counts is units, and base64 would put
//! 6 bits into each.
//!
//! ```text
//!   length in bytes: 2 units · the bytes, most significant bit first: 15 bits a unit · zero bits
//!   a unit is U+3000 to U+AFFF: no surrogates, so that every text is a valid one
//! ```

const BITS: u32 = 15;
const FIRST: u32 = 0x3000;
/// Units that tell the length.
const HEAD: usize = 2;

/// How many units so many bytes take.
pub const fn units(bytes: usize) -> usize {
    HEAD + (bytes * 8).div_ceil(BITS as usize)
}

/// Writes bytes at the end of a text.
pub fn pack(bytes: &[u8], text: &mut String) {
    // Three bytes of UTF-8 a unit.
    text.reserve(units(bytes.len()) * 3);
    let mut push = |bits: u32| {
        text.push(char::from_u32(FIRST + bits).expect("15 bits above U+3000 are a character"));
    };
    let length = u32::try_from(bytes.len()).expect("less than 1 GiB");
    assert!(length >> (2 * BITS) == 0, "less than 1 GiB");
    push(length >> BITS);
    push(length & ((1 << BITS) - 1));
    let (mut held, mut count) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        count += 8;
        if count >= BITS {
            count -= BITS;
            push(held >> count);
            held &= (1 << count) - 1;
        }
    }
    if count > 0 {
        push(held << (BITS - count));
    }
}

/// Reads bytes from the front of a text; none if they are not there as they were written.
pub fn unpack(text: &mut std::str::Chars<'_>) -> Option<Vec<u8>> {
    let most = text.as_str().len();
    let mut next = || {
        let bits = u32::from(text.next()?).checked_sub(FIRST)?;
        (bits >> BITS == 0).then_some(bits)
    };
    let length = (next()? << BITS | next()?) as usize;
    // Each byte takes more than one byte of UTF-8.
    if length > most {
        return None;
    }
    let mut bytes = Vec::with_capacity(length);
    let (mut held, mut count) = (0_u32, 0);
    while bytes.len() < length {
        if count < 8 {
            held = held << BITS | next()?;
            count += BITS;
        }
        count -= 8;
        bytes.push((held >> count) as u8);
        held &= (1 << count) - 1;
    }
    (held == 0 && count < BITS).then_some(bytes)
}

/// The bytes that a whole text is made of.
pub fn unpack_whole(text: &str) -> Option<Vec<u8>> {
    let mut rest = text.chars();
    let bytes = unpack(&mut rest)?;
    rest.as_str().is_empty().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back_and_says_how_many_units_it_takes() {
        for length in 0..200_usize {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 151 + length) as u8).collect();
            let mut text = String::new();
            pack(&bytes, &mut text);
            assert_eq!(text.encode_utf16().count(), units(length));
            assert_eq!(unpack_whole(&text), Some(bytes), "{length} bytes");
        }
    }

    #[test]
    fn two_in_a_row_come_back_one_after_the_other() {
        let mut text = String::new();
        pack(b"who it is", &mut text);
        pack(&[0xFF; 31], &mut text);
        let mut rest = text.chars();
        assert_eq!(unpack(&mut rest).as_deref(), Some(&b"who it is"[..]));
        assert_eq!(unpack(&mut rest), Some(vec![0xFF; 31]));
        assert_eq!(unpack(&mut rest), None);
    }

    #[test]
    fn what_was_not_written_like_this_is_refused() {
        let mut text = String::new();
        pack(b"Ringscope", &mut text);
        let cut: String = text.chars().take(text.chars().count() - 1).collect();
        let longer = format!("{text}\u{3000}");
        let foreign = text.replace(text.chars().nth(3).unwrap(), "A");
        let vast = "\u{AFFF}\u{AFFF}\u{3000}";
        for wrong in ["", "A", "QUJD", &cut, &longer, &foreign, vast] {
            assert_eq!(unpack_whole(wrong), None, "{wrong:?}");
        }
    }
}
