//! Rows out of pieces of a file: unpacked, found between line ends and quotes, and read.
//!
//! Hostile files cost their size in time and no more than a row and a piece in memory: what a row may
//! take is bounded, and so is what a file may swell to.

use serde::{Deserialize, Serialize};

use super::csv::Columns;
use super::export::Format;
use super::gzip::{Gunzip, MAGIC};
use crate::base::{Error, Result};
use crate::data::{Item, KeyAttribute};

/// An item has 400 KB at most; in JSON each of its bytes may take six.
const LONGEST_ROW: usize = 4 << 20;
/// So much is unpacked at a time.
const PIECE: usize = 64 << 10;
/// No file may be larger than this when it is unpacked.
const LARGEST: u64 = 1 << 30;
/// So many bytes tell what a file is.
const HEAD: usize = 16;
/// Of a batch so many bytes of rows, at least.
const BATCH: usize = 32 << 10;

/// A line of a file: an item, or why it is none.
#[derive(Serialize, Deserialize)]
pub struct Row {
    /// The number of the line that it begins on, from 1.
    pub line: u64,
    pub item: std::result::Result<Item, String>,
}

/// Some rows.
#[derive(Default, Serialize, Deserialize)]
pub struct Batch {
    pub rows: Vec<Row>,
    /// Bytes of the file that were read so far.
    pub read: u64,
    /// Whether these are the last ones.
    pub is_last: bool,
    /// Why the rest of the file cannot be read.
    pub fault: Option<String>,
}

impl Batch {
    /// As bytes, for a message between threads.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("memory suffices")
    }

    /// # Errors
    /// If these bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        postcard::from_bytes(bytes).map_err(|_| Error::damaged("this is no batch of rows"))
    }
}

/// Reads a file that comes piece by piece.
pub struct Reader {
    format: Option<Format>,
    keys: Vec<KeyAttribute>,
    columns: Option<Columns>,
    /// None until its first bytes tell.
    packing: Option<Packing>,
    /// What of the file was not unpacked yet, from here on.
    packed: Vec<u8>,
    taken: usize,
    has_ended: bool,
    read: u64,
    unpacked: u64,
    /// What was unpacked and is no row yet, from here on.
    text: Vec<u8>,
    begun: usize,
    /// Up to here it was looked through for the end of the row.
    seen: usize,
    /// Whether that is inside of quotes.
    is_quoted: bool,
    /// The number of the line at which the text begins, and how many line ends were seen since.
    line: u64,
    breaks: u64,
    /// Whether the rest of this line is thrown away.
    skips: bool,
    has_row: bool,
    is_recognised: bool,
}

enum Packing {
    Plain,
    Gzip(Box<Gunzip>),
}

impl Reader {
    /// Reads a file of this format, or of the one that it seems to have. In CSV the columns of these
    /// keys have their types.
    pub fn new(format: Option<Format>, keys: Vec<KeyAttribute>) -> Self {
        Self {
            format,
            keys,
            columns: None,
            packing: None,
            packed: Vec::new(),
            taken: 0,
            has_ended: false,
            read: 0,
            unpacked: 0,
            text: Vec::new(),
            begun: 0,
            seen: 0,
            is_quoted: false,
            line: 1,
            breaks: 0,
            skips: false,
            has_row: false,
            is_recognised: false,
        }
    }

    /// The format, once it is known.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// The next piece of the file.
    pub fn feed(&mut self, piece: &[u8]) {
        self.packed.drain(..std::mem::take(&mut self.taken));
        self.packed.extend_from_slice(piece);
    }

    /// There are no more pieces.
    pub fn end(&mut self) {
        self.has_ended = true;
    }

    /// Whether it needs another piece to go on.
    pub fn is_hungry(&self) -> bool {
        !self.has_ended && self.packed.len() - self.taken < MAGIC.len()
    }

    /// Some rows of what it was given: few enough that nobody waits for them for long.
    pub fn batch(&mut self) -> Batch {
        let (mut batch, before) = (Batch::default(), self.unpacked);
        let mut bytes = 0;
        while bytes < BATCH && self.unpacked - before < 4 * PIECE as u64 {
            match self.next() {
                Ok(Some((row, length))) => {
                    bytes += length;
                    batch.rows.push(row);
                }
                Ok(None) => {
                    batch.is_last = self.has_ended;
                    break;
                }
                Err(error) => {
                    (batch.is_last, batch.fault) = (true, Some(error.message));
                    break;
                }
            }
        }
        batch.read = self.read;
        batch
    }

    /// The next row, and how many bytes it has; none if there is no whole one in what it was given.
    ///
    /// # Errors
    /// If the rest cannot be read.
    fn next(&mut self) -> Result<Option<(Row, usize)>> {
        while !self.is_recognised {
            let has_begun = self.text.iter().any(|byte| !byte.is_ascii_whitespace());
            let is_telling = has_begun && self.text.len() >= HEAD || self.text.len() >= PIECE;
            if is_telling || self.is_over() {
                self.recognise()?;
            } else if !self.unpack()? && !self.is_over() {
                return Ok(None);
            }
        }
        loop {
            if let Some(end) = self.find_end()? {
                let (line, from) = (self.line, self.begun);
                let skipped = std::mem::take(&mut self.skips);
                self.line += std::mem::take(&mut self.breaks);
                (self.begun, self.seen) = (end, end);
                let row = std::mem::take(&mut self.text);
                let found = self.row(line, &row[from..end], skipped);
                self.text = row;
                if let Some(row) = found? {
                    return Ok(Some((row, end - from)));
                }
            } else if !self.unpack()? {
                return Ok(None);
            }
        }
    }

    /// Whether all of the file was unpacked.
    fn is_over(&self) -> bool {
        let is_whole = match &self.packing {
            Some(Packing::Gzip(gunzip)) => gunzip.is_whole(),
            _ => true,
        };
        self.has_ended && self.taken == self.packed.len() && is_whole
    }

    /// Where the row ends, its line end included.
    fn find_end(&mut self) -> Result<Option<usize>> {
        let quotes = self.format == Some(Format::Csv);
        for (at, byte) in self.text.iter().enumerate().skip(self.seen) {
            match byte {
                b'"' if quotes => self.is_quoted ^= true,
                b'\n' => {
                    self.breaks += 1;
                    if !self.is_quoted {
                        return Ok(Some(at + 1));
                    }
                }
                _ => {}
            }
        }
        self.seen = self.text.len();
        if self.seen - self.begun > LONGEST_ROW {
            if self.is_quoted {
                return Err(self.fault("double quotes are opened here and not closed"));
            }
            self.skips = true;
            self.text.clear();
            (self.begun, self.seen) = (0, 0);
        }
        let has_rest = self.seen > self.begun || self.skips;
        match self.is_over() && has_rest {
            true if self.is_quoted => {
                Err(self.fault("double quotes are opened here and not closed"))
            }
            true => Ok(Some(self.seen)),
            false => Ok(None),
        }
    }

    fn fault(&self, what: &str) -> Error {
        Error::invalid(format!("line {}: {what}", self.line))
    }

    /// Unpacks a little more; false if there is nothing to unpack.
    fn unpack(&mut self) -> Result<bool> {
        self.text.drain(..self.begun);
        self.seen -= std::mem::take(&mut self.begun);
        let waiting = &self.packed[self.taken..];
        if self.packing.is_none() {
            if waiting.len() < MAGIC.len() && !self.has_ended {
                return Ok(false);
            }
            self.packing = Some(match waiting.starts_with(&MAGIC) {
                true => Packing::Gzip(Box::default()),
                false => Packing::Plain,
            });
        }
        let from = self.text.len();
        let (took, made) = match &mut self.packing {
            Some(Packing::Gzip(gunzip)) => {
                self.text.resize(from + PIECE, 0);
                let (took, made) = gunzip.unpack(waiting, &mut self.text[from..])?;
                self.text.truncate(from + made);
                if (took, made) == (0, 0) && self.has_ended && !gunzip.is_whole() {
                    return Err(Error::damaged("the file ends before its packed data do"));
                }
                (took, made)
            }
            _ => {
                let piece = &waiting[..waiting.len().min(PIECE)];
                self.text.extend_from_slice(piece);
                (piece.len(), piece.len())
            }
        };
        self.taken += took;
        self.read += took as u64;
        self.unpacked += made as u64;
        if self.unpacked > LARGEST {
            return Err(Error::refused("unpacked, this file is larger than 1 GB"));
        }
        Ok(took + made > 0)
    }

    /// Looks at how the file begins.
    fn recognise(&mut self) -> Result<()> {
        self.is_recognised = true;
        if self.text.starts_with("\u{FEFF}".as_bytes()) {
            self.text.drain(..3);
        }
        if self.text.starts_with(b"$ion_1_0") || self.text.starts_with(&[0xE0, 1, 0, 0xEA]) {
            return Err(Error::invalid(
                "this is Amazon Ion, which is not read here: export the table as DynamoDB JSON",
            ));
        }
        let first = self.text.iter().find(|byte| !byte.is_ascii_whitespace());
        let seems = if first == Some(&b'{') { Format::Json } else { Format::Csv };
        if first == Some(&b'[') && self.format != Some(Format::Csv) {
            return Err(Error::invalid(
                "this is a JSON array. Write one item a line, as DynamoDB exports them: \
                 {\"Item\":{\"id\":{\"S\":\"a\"}}}",
            ));
        }
        self.format.get_or_insert(seems);
        Ok(())
    }

    /// Reads a row; none if the line is empty, or names the columns.
    fn row(&mut self, line: u64, bytes: &[u8], skipped: bool) -> Result<Option<Row>> {
        let refused = |why: &str| Ok(Some(Row { line, item: Err(why.to_owned()) }));
        if skipped {
            return refused("the line is longer than any item can be: 4 MB at most");
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return refused("the line is no text in UTF-8");
        };
        let text = text.trim_end_matches(['\n', '\r']);
        if text.trim().is_empty() {
            return Ok(None);
        }
        let is_first = !std::mem::replace(&mut self.has_row, true);
        let item = match (self.format, &self.columns) {
            (Some(Format::Csv), None) => {
                let columns = Columns::read(text, &self.keys)
                    .map_err(|error| Error::invalid(format!("line {line}: {}", error.message)))?;
                self.columns = Some(columns);
                return Ok(None);
            }
            (Some(Format::Csv), Some(columns)) => columns.item(text),
            _ if is_first && text.trim() == "{" => {
                return Err(Error::invalid(
                    "an item goes over several lines. Write one item a line, as DynamoDB exports \
                     them: {\"Item\":{\"id\":{\"S\":\"a\"}}}",
                ));
            }
            _ => Item::of_export(text),
        };
        Ok(Some(Row { line, item: item.map_err(|error| error.message) }))
    }
}

#[cfg(test)]
mod tests;
