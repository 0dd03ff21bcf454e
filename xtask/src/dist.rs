//! `cargo xtask dist`: the static files, and what each weighs on the wire.
//!
//! Hosts compress with gzip or brotli; both are shown, each at its strongest, which is what a host
//! that compresses ahead of time sends.

use crate::project::Project;
use crate::{page, setup, table};
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes of one file, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

pub fn run(project: &Project) -> Result<()> {
    setup::for_page(project)?;
    let folder = page::build_all(project)?;
    print!("\n{}", sizes(&folder)?);
    Ok(())
}

fn sizes(folder: &Path) -> Result<String> {
    let row = |name: &str, size: Size| {
        let bytes = [size.raw, size.gzip, size.brotli].map(with_thousands);
        std::iter::once(name.to_owned()).chain(bytes).collect::<Vec<_>>()
    };
    let header = ["file", "raw", "gzip", "brotli"].map(str::to_owned).to_vec();
    let mut rows = vec![header];
    let mut total = Size::default();
    for file in files(folder)? {
        let bytes = fs::read(folder.join(&file)).with_context(|| format!("reading {file:?}"))?;
        let size = Size { raw: bytes.len(), gzip: gzip(&bytes)?, brotli: brotli(&bytes)? };
        total.raw += size.raw;
        total.gzip += size.gzip;
        total.brotli += size.brotli;
        rows.push(row(&file.to_string_lossy(), size));
    }
    rows.push(row("total", total));
    Ok(table::render(&rows))
}

/// All files below a folder, relative to it, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("reading {folder:?}"))? {
            let path = entry?.path();
            if path.is_dir() {
                walk(root, &path, found)?;
            } else {
                found.push(path.strip_prefix(root)?.to_owned());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found)?;
    found.sort();
    Ok(found)
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let parameters = brotli::enc::BrotliEncoderParams::default();
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)?;
    Ok(compressed.len())
}

/// `1234567` as `1,234,567`.
fn with_thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")];
        for (number, text) in cases {
            assert_eq!(with_thousands(number), text);
        }
    }

    #[test]
    fn text_gets_smaller() {
        let bytes = "the quick brown fox ".repeat(100).into_bytes();
        assert!(gzip(&bytes).unwrap() < 100);
        assert!(brotli(&bytes).unwrap() < 100);
    }
}
