//! Requests of DynamoDB's API, one a line, in a cluster.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &str| ringscope_fuzz::requests(input));
