//! The binaries: two services apart, how they start, fail, stop, and what survives a kill.

mod apart;
mod crash;
mod early;
mod load;
mod secrets;
mod start;
mod stop;
