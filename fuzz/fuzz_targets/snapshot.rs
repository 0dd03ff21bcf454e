//! A snapshot, or the body of one.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ringscope_fuzz::snapshot(input));
