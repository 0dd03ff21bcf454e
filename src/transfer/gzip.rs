//! gzip (RFC 1952): a header, deflated bytes, a checksum and a length; several of these may follow
//! each other in one file.
//!
//! Unpacking is told how much room there is, and never makes more than that: what a small file swells
//! to is for the caller to bound.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use crate::base::{Error, Result, crc32};

/// What every gzip file begins with.
pub const MAGIC: [u8; 2] = [0x1F, 0x8B];
/// Flags of a header: what it has beside its ten bytes.
const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;
/// Headers are a name long; one that does not end is none.
const LONGEST_HEADER: usize = 4096;

/// Unpacks a file that comes piece by piece.
pub struct Gunzip {
    part: Part,
    inflater: Box<InflateState>,
    /// What there is of a header, or of what stands behind the data.
    held: Vec<u8>,
    checksum: u32,
    /// In bytes; a file of 4 GB begins anew.
    length: u32,
    /// What was found behind bytes that were good, and are to be had first.
    fault: Option<Error>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Data,
    Trailer,
    /// A file may end here, or another header may begin.
    Between,
}

impl Default for Gunzip {
    fn default() -> Self {
        Self {
            part: Part::Header,
            inflater: InflateState::new_boxed(DataFormat::Raw),
            held: Vec::new(),
            checksum: 0,
            length: 0,
            fault: None,
        }
    }
}

impl Gunzip {
    /// Unpacks as much as there is room for in `out`: how many bytes it took, and how many it made.
    ///
    /// # Errors
    /// If this is no gzip file, or a damaged one.
    pub fn unpack(&mut self, packed: &[u8], out: &mut [u8]) -> Result<(usize, usize)> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let (mut taken, mut made) = (0, 0);
        while taken < packed.len() && self.fault.is_none() {
            match self.part {
                Part::Data if made == out.len() => break,
                Part::Data => {
                    let (took, gave) = self.inflate(&packed[taken..], &mut out[made..]);
                    taken += took;
                    made += gave;
                    if (took, gave) == (0, 0) && self.part == Part::Data {
                        break;
                    }
                }
                _ => {
                    self.fault = self.take(packed[taken]).err();
                    taken += 1;
                }
            }
        }
        match &self.fault {
            Some(fault) if made == 0 => Err(fault.clone()),
            _ => Ok((taken, made)),
        }
    }

    /// Whether the file may end where it does.
    pub fn is_whole(&self) -> bool {
        self.part == Part::Between
    }

    fn inflate(&mut self, packed: &[u8], out: &mut [u8]) -> (usize, usize) {
        let done = inflate(&mut self.inflater, packed, out, MZFlush::None);
        let (took, gave) = (done.bytes_consumed, done.bytes_written);
        self.checksum = crc32(self.checksum, &out[..gave]);
        self.length = self.length.wrapping_add(gave as u32);
        match done.status {
            Ok(MZStatus::StreamEnd) => self.part = Part::Trailer,
            Ok(_) | Err(MZError::Buf) => {}
            Err(_) => self.fault = Some(damaged("its packed data make no sense")),
        }
        (took, gave)
    }

    /// Takes a byte that is not of the data.
    fn take(&mut self, byte: u8) -> Result<()> {
        match self.part {
            // Some writers fill up the last block of a tape.
            Part::Between if byte == 0 => return Ok(()),
            Part::Between => *self = Self::default(),
            _ => {}
        }
        self.held.push(byte);
        if self.part == Part::Header {
            if header_ends(&self.held)? {
                self.held.clear();
                self.part = Part::Data;
            }
        } else if self.held.len() == 8 {
            let number = |at: usize| {
                u32::from_le_bytes(self.held[at..at + 4].try_into().expect("four bytes"))
            };
            if (number(0), number(4)) != (self.checksum, self.length) {
                return Err(damaged("its checksum is another one"));
            }
            self.held.clear();
            self.part = Part::Between;
        }
        Ok(())
    }
}

fn damaged(why: &str) -> Error {
    Error::damaged(format!("this is no gzip file, or a damaged one: {why}"))
}

/// Whether these bytes are a whole header.
fn header_ends(held: &[u8]) -> Result<bool> {
    if !MAGIC.starts_with(&held[..held.len().min(2)]) {
        return Err(damaged("it does not begin as one"));
    }
    if held.len() < 10 {
        return Ok(false);
    }
    if held[2] != 8 || held[3] & 0b1110_0000 != 0 {
        return Err(damaged("it is packed in a way that nobody uses"));
    }
    if held.len() > LONGEST_HEADER {
        return Err(damaged("its header has no end"));
    }
    Ok(rest_of_header(held[3], &held[10..]).is_some_and(<[u8]>::is_empty))
}

/// What is left behind everything that a header's flags speak of, if all of that is there.
fn rest_of_header(flags: u8, rest: &[u8]) -> Option<&[u8]> {
    let mut rest = rest;
    if flags & HAS_EXTRA != 0 {
        let length = u16::from_le_bytes([*rest.first()?, *rest.get(1)?]);
        rest = rest.get(2 + usize::from(length)..)?;
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    rest.get(if flags & HAS_CHECKSUM != 0 { 2 } else { 0 }..)
}

/// Packs a file that comes piece by piece.
pub struct Gzip {
    packer: Box<CompressorOxide>,
    checksum: u32,
    length: u32,
}

impl Gzip {
    /// Begins a file: its header is in `out`. It names no time, so that the same items give the same
    /// bytes.
    pub fn begin(out: &mut Vec<u8>) -> Self {
        out.extend(MAGIC);
        // Deflate, nothing else, no time, no particular effort, an unknown system.
        out.extend([8, 0, 0, 0, 0, 0, 0, 255]);
        let packer = Box::new(CompressorOxide::new(create_comp_flags_from_zip_params(6, -15, 0)));
        Self { packer, checksum: 0, length: 0 }
    }

    pub fn pack(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.checksum = crc32(self.checksum, bytes);
        self.length = self.length.wrapping_add(bytes.len() as u32);
        self.push(bytes, TDEFLFlush::None, out);
    }

    pub fn end(mut self, out: &mut Vec<u8>) {
        self.push(&[], TDEFLFlush::Finish, out);
        out.extend(self.checksum.to_le_bytes());
        out.extend(self.length.to_le_bytes());
    }

    fn push(&mut self, bytes: &[u8], flush: TDEFLFlush, out: &mut Vec<u8>) {
        compress_to_output(&mut self.packer, bytes, flush, |packed| {
            out.extend_from_slice(packed);
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut gzip = Gzip::begin(&mut out);
        text.chunks(7).for_each(|part| gzip.pack(part, &mut out));
        gzip.end(&mut out);
        out
    }

    /// Unpacks pieces of `step` bytes, so much at a time.
    fn unpacked(file: &[u8], step: usize, room: usize) -> Result<Vec<u8>> {
        let (mut gunzip, mut text, mut out) = (Gunzip::default(), Vec::new(), vec![0; room]);
        for mut piece in file.chunks(step) {
            loop {
                let (took, made) = gunzip.unpack(piece, &mut out)?;
                text.extend_from_slice(&out[..made]);
                piece = &piece[took..];
                if piece.is_empty() && made < room {
                    break;
                }
                assert!(took + made > 0 || !piece.is_empty());
            }
        }
        match gunzip.is_whole() {
            true => Ok(text),
            false => Err(damaged("it ends early")),
        }
    }

    #[test]
    fn what_is_packed_is_unpacked_in_pieces_of_any_size() {
        let text: Vec<u8> = (0..30_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        for text in [&text[..], b"", b"x"] {
            let file = packed(text);
            for (step, room) in [(1, 1000), (file.len(), 100), (1000, 65_536), (13, 1)] {
                assert_eq!(unpacked(&file, step, room).as_deref(), Ok(text));
            }
        }
    }

    #[test]
    fn files_of_other_writers_are_read() {
        // `printf hi | gzip -n`, with a name, an extra field, a comment and a checksum put in.
        let plain =
            [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 203, 200, 4, 0, 172, 42, 147, 216, 2, 0, 0, 0];
        assert_eq!(unpacked(&plain, 3, 9).as_deref(), Ok(&b"hi"[..]));
        let mut full = plain.to_vec();
        full[3] = HAS_CHECKSUM | HAS_EXTRA | HAS_NAME | HAS_COMMENT;
        full.splice(10..10, *b"\x03\x00abcname\0comment\0\x12\x34");
        assert_eq!(unpacked(&full, 1, 9).as_deref(), Ok(&b"hi"[..]));
        let twice = [&plain[..], &full, &[0, 0, 0]].concat();
        assert_eq!(unpacked(&twice, 5, 9).as_deref(), Ok(&b"hihi"[..]));
    }

    #[test]
    fn damage_is_found() {
        let file = packed(b"some text that is longer than nothing, longer than nothing");
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 0x5A;
            // Its time, its effort and its system do not matter to anybody.
            let matters = !(4..10).contains(&at);
            assert_eq!(unpacked(&damaged, 9, 50).is_err(), matters, "byte {at}");
            assert!(unpacked(&file[..at], 9, 50).is_err(), "cut off at {at}");
        }
        assert!(unpacked(&[&file[..], b"x"].concat(), 9, 50).is_err());
        let endless = [&[31, 139, 8, HAS_NAME, 0, 0, 0, 0, 0, 3][..], &[b'n'; 9000]].concat();
        assert!(unpacked(&endless, 100, 50).is_err());
    }
}
