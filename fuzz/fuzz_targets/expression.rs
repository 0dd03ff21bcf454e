//! An expression, what its placeholders stand for, and an item.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &str| ringscope_fuzz::expression(input));
