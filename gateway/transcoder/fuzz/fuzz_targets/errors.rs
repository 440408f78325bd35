//! Hands its input to the oracle `transcoder::fuzzing::errors`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: transcoder::fuzzing::prepare(), |input: &[u8]| transcoder::fuzzing::errors(input));
