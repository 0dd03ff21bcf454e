//! What requests cost: read and write units (Developer Guide, "Read and write operations").

/// Units in halves: the least is half a unit.
pub type Halves = u64;

/// Read units of so many bytes: one for every 4 KB begun, half of that unless the read is consistent.
pub fn read_units(bytes: usize, consistent: bool) -> Halves {
    let units = bytes.div_ceil(4096).max(1) as u64;
    if consistent { 2 * units } else { units }
}

/// Write units of so many bytes: one for every KB begun.
pub fn write_units(bytes: usize) -> Halves {
    2 * bytes.div_ceil(1024).max(1) as u64
}
