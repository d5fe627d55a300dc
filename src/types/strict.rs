//! Decoding in two passes: first strict, then lenient.
//!
//! In the strict pass, a union decodes its object directly from the input. The lenient pass runs only if that fails:
//! unions then buffer their objects, and keep content that does not match as JSON.
//!
//! A thread-local variable holds the mode, because it cannot be passed to an implementation of `Deserialize`.

use std::cell::Cell;

thread_local! {
    static STRICT: Cell<bool> = const { Cell::new(false) };
}

/// Decodes strictly, and again leniently if that fails.
///
/// # Errors
/// Fails with the error of the lenient pass.
pub fn decode<T, E>(decode: impl Fn() -> Result<T, E>) -> Result<T, E> {
    within(true, &decode).or_else(|_| decode())
}

/// Decodes leniently in any mode: unions keep content that does not match.
pub(super) fn keeping<T>(decode: impl FnOnce() -> T) -> T {
    within(false, decode)
}

/// Whether the mode is strict: unions fail if their content does not match.
#[must_use]
pub fn is_strict() -> bool {
    STRICT.get()
}

fn within<T>(strict: bool, decode: impl FnOnce() -> T) -> T {
    let _back = Back(STRICT.replace(strict));
    decode()
}

/// Restores the previous mode when it is dropped, also after a panic.
struct Back(bool);

impl Drop for Back {
    fn drop(&mut self) {
        STRICT.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pass_is_strict_and_the_second_is_lenient() {
        let goes = Cell::new(0);
        let decoded = decode(|| {
            goes.set(goes.get() + 1);
            if is_strict() { Err("does not fit") } else { Ok(7) }
        });
        assert_eq!((decoded, goes.get(), is_strict()), (Ok(7), 2, false));
    }

    #[test]
    fn matching_input_is_decoded_once() {
        let goes = Cell::new(0);
        assert_eq!(decode(|| Ok::<_, ()>(goes.replace(goes.get() + 1))), Ok(0));
        assert_eq!(goes.get(), 1);
    }

    #[test]
    fn keeping_is_lenient_and_a_panic_restores_the_mode() {
        let seen = decode(|| Ok::<_, ()>((keeping(is_strict), is_strict())));
        assert_eq!(seen, Ok((false, true)));
        let panicked = std::panic::catch_unwind(|| decode(|| -> Result<(), ()> { panic!("in between") }));
        assert!(panicked.is_err() && !is_strict());
    }
}
