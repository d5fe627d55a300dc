//! A short hash of a list of lines, which changes with each of them.

/// Returns the 64-bit FNV-1a hash of the lines in hexadecimal. It is the same on each machine and with each Rust.
pub(super) fn of<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let bytes = lines.into_iter().flat_map(|line| line.bytes().chain([b'\n']));
    format!("{:016x}", bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(of([]), "cbf29ce484222325");
        assert_eq!(of(["foobar"]), "345316a7168b8506");
    }

    #[test]
    fn each_line_and_its_end_count() {
        assert_ne!(of(["ab", "c"]), of(["a", "bc"]));
        assert_ne!(of(["a"]), of(["a", ""]));
    }
}
