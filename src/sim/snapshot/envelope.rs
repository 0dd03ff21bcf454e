//! The envelope of a snapshot: what tells it from other files, and from damaged ones.
//!
//! See the module above for its bytes.

use super::damaged;
use crate::base::{Error, Result, crc32c};

/// The version of the snapshot format that this engine writes and reads.
pub const SNAPSHOT_VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"RINGSCOP";
const HEADER_BYTES: usize = 20;
/// No body is larger.
const MOST_BODY: usize = 256 << 20;
/// No body is so many times larger than its file, and a little: so a small file wants little memory.
const MOST_RATIO: usize = 16;
const LITTLE: usize = 64 << 10;
/// How hard deflate tries. Harder costs several times the time, and saves a tenth.
const LEVEL: u8 = 1;

/// The largest body that a file of this length may have.
fn most_body(file: usize) -> usize {
    MOST_BODY.min(file.saturating_mul(MOST_RATIO) + LITTLE)
}

/// Puts the header before the deflated body.
pub fn seal(body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER_BYTES];
    bytes.extend_from_slice(&miniz_oxide::deflate::compress_to_vec(body, LEVEL));
    let least = body.len().saturating_sub(LITTLE).div_ceil(MOST_RATIO);
    bytes.resize(bytes.len().max(least), 0);
    let length = u32::try_from(body.len()).expect("a world has less than 4 GiB");
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&SNAPSHOT_VERSION.to_le_bytes());
    bytes[12..16].copy_from_slice(&length.to_le_bytes());
    let sum = crc32c(&[&bytes[..16], &bytes[HEADER_BYTES..]]);
    bytes[16..HEADER_BYTES].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Checks the header and inflates the body.
///
/// # Errors
/// If the bytes are no snapshot, are damaged, or come from another version of the format.
pub fn unseal(bytes: &[u8]) -> Result<Vec<u8>> {
    let head = bytes.get(..HEADER_BYTES).filter(|head| head.starts_with(MAGIC));
    let Some(head) = head else {
        return Err(Error::damaged(
            "this is not a Ringscope snapshot: choose a file that Ringscope exported",
        ));
    };
    let field = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes"));
    let (version, length, sum) = (field(8), field(12) as usize, field(16));
    let deflated = &bytes[HEADER_BYTES..];
    if version != SNAPSHOT_VERSION {
        return Err(Error::damaged(format!(
            "this snapshot has format version {version}, and this page reads version \
             {SNAPSHOT_VERSION}: open it with the Ringscope that wrote it"
        )));
    }
    if crc32c(&[&head[..16], deflated]) != sum {
        return Err(damaged("its checksum is wrong, so some bytes were changed or are missing"));
    }
    if length > most_body(bytes.len()) {
        return Err(damaged("it claims to be too large"));
    }
    let mut body = vec![0; length];
    let inflated = miniz_oxide::inflate::decompress_slice_iter_to_slice(
        &mut body,
        std::iter::once(deflated),
        false,
        true,
    );
    match inflated {
        Ok(written) if written == length => Ok(body),
        _ => Err(damaged("it cannot be inflated to the length that it claims")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_out_as_they_went_in() {
        let text = "a text that is said again and again, ".repeat(100);
        for body in [&b""[..], b"x", text.as_bytes(), &vec![0; 3 << 20]] {
            let sealed = seal(body);
            assert!(body.len() <= most_body(sealed.len()));
            assert_eq!(unseal(&sealed).as_deref(), Ok(body));
        }
    }
}
