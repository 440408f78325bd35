//! Hands its input to the oracle `gateway::fuzzing::guard`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: gateway::fuzzing::prepare(), |input: &[u8]| gateway::fuzzing::guard(input));
