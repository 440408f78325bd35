//! A gateway in front of a service that is not Shelf's: how it learns the contract, keeps it up to date, and writes JSON.

mod description;
mod faults;
mod manner;
mod reload;
mod service;
mod words;
