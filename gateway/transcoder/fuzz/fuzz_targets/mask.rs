//! Hands its input to the oracle `transcoder::fuzzing::mask`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: transcoder::fuzzing::prepare(), |input: &[u8]| transcoder::fuzzing::mask(input));
