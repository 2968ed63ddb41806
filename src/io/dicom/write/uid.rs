//! Unique identifiers (PS3.5, annex B.2: a UUID as a decimal number below 2.25).

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{SystemTime, UNIX_EPOCH};

/// The class UID of this program as a writer; files with it are its own.
pub(super) const IMPLEMENTATION: &str = "2.25.302519226870813409127364517083291465127";

/// A new UID.
pub(super) fn unique() -> String {
    // A version 4 UUID (RFC 9562): random but for its version and variant.
    const MARKS: u128 = 0xF000_C000_0000_0000_0000;
    const VERSION_4: u128 = 0x4000_8000_0000_0000_0000;
    let random = u128::from(random()) << 64 | u128::from(random());
    format!("2.25.{}", random & !MARKS | VERSION_4)
}

/// The standard library seeds its hash maps from the system's randomness.
fn random() -> u64 {
    let mut hasher = RandomState::new().build_hasher();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    hasher.write_u128(now.map_or(0, |now| now.as_nanos()));
    hasher.write_u32(std::process::id());
    hasher.finish()
}

/// Whether a text can be a UID.
pub(super) fn is_uid(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 64 && text.contains('.') && text.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn unique_ids_differ_and_are_uuids_of_version_4() {
        let ids: HashSet<String> = (0..1000).map(|_| unique()).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            assert!(is_uid(&id), "{id}");
            let number: u128 = id["2.25.".len()..].parse().expect("a number");
            assert_eq!((number >> 76 & 0xF, number >> 62 & 3), (4, 2), "{id}");
        }
        assert!(is_uid(IMPLEMENTATION) && !is_uid("1..2") && !is_uid("") && !is_uid("abc"));
    }
}
