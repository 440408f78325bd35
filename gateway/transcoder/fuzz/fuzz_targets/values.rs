//! Hands its input to the oracle `transcoder::fuzzing::values`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: transcoder::fuzzing::prepare(), |input: &[u8]| transcoder::fuzzing::values(input));
