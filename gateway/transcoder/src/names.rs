//! A fixed perfect hash over the field names of one message, found when the plan is compiled.
//! A lookup hashes once and compares once, so no choice of JSON keys can make it slow.

/// Names of one message, each leading to the index of its field.
#[derive(Debug, Default)]
pub(crate) struct Names {
    seed: u64,
    /// One displacement for each bucket of colliding names.
    displace: Box<[u16]>,
    slots: Box<[Slot]>,
}

/// A name and the index of its field.
type Slot = Option<(Box<str>, u16)>;

impl Names {
    /// Builds the table. Names must differ from one another.
    pub(crate) fn build(names: &[(&str, u16)]) -> Self {
        if names.is_empty() {
            return Self::default();
        }
        // Three slots for two names, two names a bucket: a seed is found at the first tries.
        let slots = (names.len() * 3 / 2 + 1).next_power_of_two();
        (0..).find_map(|seed| Self::with_seed(names, seed, slots)).unwrap_or_default()
    }

    fn with_seed(names: &[(&str, u16)], seed: u64, slots: usize) -> Option<Self> {
        let mut buckets = vec![Vec::new(); names.len().div_ceil(2)];
        for entry in names {
            let hash = hash(seed, entry.0.as_bytes());
            buckets[bucket(hash, names.len().div_ceil(2))].push((hash, entry));
        }
        let mut order: Vec<usize> = (0..buckets.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(buckets[*index].len()));
        let mut table: Vec<Slot> = vec![None; slots];
        let mut displace = vec![0; buckets.len()];
        for index in order {
            let bucket = &buckets[index];
            let fits = |d: &u16| {
                let mut taken: Vec<usize> =
                    bucket.iter().map(|(h, _)| slot(*h, *d, slots)).collect();
                taken.sort_unstable();
                taken.windows(2).all(|pair| pair[0] != pair[1])
                    && taken.iter().all(|at| table[*at].is_none())
            };
            let found = (0..4_096).find(fits)?;
            displace[index] = found;
            for (hash, (name, field)) in bucket {
                table[slot(*hash, found, slots)] = Some(((*name).into(), *field));
            }
        }
        Some(Self { seed, displace: displace.into(), slots: table.into() })
    }

    /// The field of a name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let hash = hash(self.seed, name.as_bytes());
        let displace = self.displace[bucket(hash, self.displace.len())];
        match &self.slots[slot(hash, displace, self.slots.len())] {
            Some((known, field)) if **known == *name => Some(usize::from(*field)),
            _ => None,
        }
    }
}

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

fn hash(seed: u64, name: &[u8]) -> u64 {
    let (words, tail) = name.as_chunks::<8>();
    let mut last = [0; 8];
    last[..tail.len()].copy_from_slice(tail);
    let mut hash = seed.wrapping_mul(MIX) ^ name.len() as u64;
    for word in words.iter().chain([&last]) {
        hash = (hash.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(MIX);
        hash ^= hash >> 29;
    }
    hash
}

fn bucket(hash: u64, buckets: usize) -> usize {
    (hash >> 32) as usize % buckets
}

fn slot(hash: u64, displace: u16, slots: usize) -> usize {
    let mixed = (hash ^ u64::from(displace).wrapping_mul(0xd6e8_feb8_6659_fd93)).wrapping_mul(MIX);
    (mixed >> 40) as usize & (slots - 1)
}
