//! Hands its input to the oracle `gateway::fuzzing::relay`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: gateway::fuzzing::prepare(), |input: &[u8]| gateway::fuzzing::relay(input));
