//! Decoding in two goes: a strict one, in which a union reads its object as it comes, and only if that fails one in which
//! it keeps the object, so that what does not fit can be kept as JSON.
//!
//! Which of them it is cannot be said to a `Deserialize` otherwise: it is known of a thread while it decodes.

use std::cell::Cell;

thread_local! {
    static STRICT: Cell<bool> = const { Cell::new(false) };
}

/// Decodes strictly, and once more if something does not fit.
///
/// # Errors
/// What does not fit the second time either.
pub fn decode<T, E>(decode: impl Fn() -> Result<T, E>) -> Result<T, E> {
    within(true, &decode).or_else(|_| decode())
}

/// Decodes so that unions keep what does not fit them, whatever holds around it.
pub(super) fn keeping<T>(decode: impl FnOnce() -> T) -> T {
    within(false, decode)
}

/// Whether a union may fail.
#[must_use]
pub fn is_strict() -> bool {
    STRICT.get()
}

fn within<T>(strict: bool, decode: impl FnOnce() -> T) -> T {
    let _back = Back(STRICT.replace(strict));
    decode()
}

/// Says again what was said before, however the decoding ends.
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
    fn the_first_go_is_strict_and_the_second_one_is_not() {
        let goes = Cell::new(0);
        let decoded = decode(|| {
            goes.set(goes.get() + 1);
            if is_strict() { Err("does not fit") } else { Ok(7) }
        });
        assert_eq!((decoded, goes.get(), is_strict()), (Ok(7), 2, false));
    }

    #[test]
    fn what_fits_is_decoded_once() {
        let goes = Cell::new(0);
        assert_eq!(decode(|| Ok::<_, ()>(goes.replace(goes.get() + 1))), Ok(0));
        assert_eq!(goes.get(), 1);
    }

    #[test]
    fn what_is_kept_is_not_decoded_strictly_and_a_panic_leaves_nothing_behind() {
        let seen = decode(|| Ok::<_, ()>((keeping(is_strict), is_strict())));
        assert_eq!(seen, Ok((false, true)));
        let panicked = std::panic::catch_unwind(|| decode(|| -> Result<(), ()> { panic!("in between") }));
        assert!(panicked.is_err() && !is_strict());
    }
}
