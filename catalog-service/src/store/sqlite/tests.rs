//! The contract, and what only this backend promises.

use std::sync::Arc;

use crate::{
    clock::ManualClock,
    store::{self, Store, contract::contract},
};

async fn open(clock: Arc<ManualClock>) -> Arc<dyn Store> {
    store::open("sqlite::memory:", clock).await.unwrap()
}

contract!(super::open);
