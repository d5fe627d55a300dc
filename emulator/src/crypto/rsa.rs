//! RSA signatures with SHA-256, padded by PKCS #1 v1.5 (RS256).
//!
//! Nothing here hides from an attacker how long a computation takes: the keys of an emulator protect nothing.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul, Limb, NonZero, Odd};
use sha2::{Digest, Sha256};

/// The public exponent of the keys of the emulator, which nearly all keys have.
const EXPONENT: u32 = 65_537;
/// Number of bytes of a prime: half of a key.
const PRIME: usize = 128;
/// Largest accepted key, in bytes.
const LARGEST: usize = 1024;
/// Prefix of a SHA-256 digest in a signature (RFC 8017, section 9.2).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A public key.
#[derive(Debug)]
pub(crate) struct PublicKey {
    modulus: Odd<BoxedUint>,
    exponent: BoxedUint,
}

impl PublicKey {
    /// Reads a key from the bytes of its numbers. Returns `None` if they do not form a key.
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let is_small = |number: &[u8], most| (1..=most).contains(&number.len());
        if !is_small(modulus, LARGEST) || !is_small(exponent, 8) {
            return None;
        }
        let modulus = Odd::new(BoxedUint::from_be_slice_vartime(modulus)).into_option()?;
        Some(Self { modulus, exponent: BoxedUint::from_be_slice_vartime(exponent) })
    }

    pub(crate) fn modulus(&self) -> Box<[u8]> {
        self.modulus.as_ref().to_be_bytes_trimmed_vartime()
    }

    pub(crate) fn exponent(&self) -> Box<[u8]> {
        self.exponent.to_be_bytes_trimmed_vartime()
    }

    /// Returns whether a signature belongs to a message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let length = self.modulus().len();
        let padded = padded(message, length);
        signature.len() == length && padded.is_some() && padded == self.raise(signature, &self.exponent)
    }

    /// Returns a power of a number, with the length of the modulus. The number must be below the modulus.
    fn raise(&self, number: &[u8], exponent: &BoxedUint) -> Option<Vec<u8>> {
        let modulus = self.modulus.as_ref();
        let number = BoxedUint::from_be_slice(number, modulus.bits_precision()).ok().filter(|it| it < modulus)?;
        let power = power(number, exponent, &self.modulus).to_be_bytes();
        let length = self.modulus().len();
        power.get(power.len().checked_sub(length)?..).map(<[u8]>::to_vec)
    }
}

fn power(number: BoxedUint, exponent: &BoxedUint, modulus: &Odd<BoxedUint>) -> BoxedUint {
    let parameters = BoxedMontyParams::new_vartime(modulus.clone());
    BoxedMontyForm::new(number, &parameters).pow(exponent).retrieve()
}

/// Returns the digest of a message with its padding. Returns `None` if it does not fit into the length.
fn padded(message: &[u8], length: usize) -> Option<Vec<u8>> {
    let content = [DIGEST_INFO.as_slice(), Sha256::digest(message).as_slice()].concat();
    let fill = length.checked_sub(content.len() + 3).filter(|fill| *fill >= 8)?;
    Some([&[0, 1], vec![0xff; fill].as_slice(), &[0], content.as_slice()].concat())
}

/// A key that signs.
#[derive(Debug)]
pub(crate) struct SigningKey {
    public: PublicKey,
    exponent: BoxedUint,
}

impl SigningKey {
    /// Derives a key of 2048 bits from a seed. This takes as long as thousands of signatures.
    pub(crate) fn derive(seed: &[u8]) -> Option<Self> {
        let (first, second) = (prime(seed, "p"), prime(seed, "q"));
        let modulus = first.concatenating_mul(&second);
        let one = BoxedUint::one();
        let rest = first.wrapping_sub(&one).concatenating_mul(&second.wrapping_sub(&one));
        // The smallest multiple of `rest` that the public exponent divides after adding 1.
        let divisor = NonZero::new(Limb::from(EXPONENT)).into_option()?;
        let remainder = u128::from(rest.rem_limb(divisor).0);
        let suits = |factor: &u32| (u128::from(*factor) * remainder + 1).is_multiple_of(u128::from(EXPONENT));
        let factor = (1..EXPONENT).find(suits)?;
        let multiple = rest.concatenating_mul(BoxedUint::from(factor)).wrapping_add(&one);
        let (exponent, _) = multiple.div_rem_limb(divisor);
        let public = PublicKey::new(&modulus.to_be_bytes(), &EXPONENT.to_be_bytes())?;
        Some(Self { public, exponent })
    }

    pub(crate) const fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let padded = padded(message, self.public.modulus().len())?;
        self.public.raise(&padded, &self.exponent)
    }
}

/// Derives a prime from a seed.
fn prime(seed: &[u8], name: &str) -> BoxedUint {
    let block = |number: u8| Sha256::new().chain_update(seed).chain_update(name).chain_update([number]).finalize();
    let mut bytes: Vec<u8> = (0..=u8::MAX).flat_map(block).take(PRIME).collect();
    // With the two highest bits, the product has twice the length. The lowest bit makes the number odd.
    if let Some(first) = bytes.first_mut() {
        *first |= 0b1100_0000;
    }
    if let Some(last) = bytes.last_mut() {
        *last |= 1;
    }
    let small = small_primes();
    let mut candidate = BoxedUint::from_be_slice_vartime(&bytes);
    while !is_prime(&candidate, &small) {
        candidate = candidate.wrapping_add(BoxedUint::from(2_u8));
    }
    candidate
}

/// Returns whether a large random number is a prime that suits the public exponent. Nearly no other passes Fermat's test.
fn is_prime(candidate: &BoxedUint, small: &[u32]) -> bool {
    let remainder = |divisor: u32| {
        let divisor = NonZero::new(Limb::from(divisor)).into_option();
        divisor.map(|divisor| candidate.rem_limb(divisor))
    };
    if small.iter().any(|prime| remainder(*prime) == Some(Limb::ZERO)) || remainder(EXPONENT) == Some(Limb::ONE) {
        return false;
    }
    let Some(modulus) = Odd::new(candidate.clone()).into_option() else { return false };
    let one = BoxedUint::one_with_precision(candidate.bits_precision());
    let two = one.wrapping_add(&one);
    power(two, &candidate.wrapping_sub(&one), &modulus) == one
}

/// Returns the odd primes below 2000.
fn small_primes() -> Vec<u32> {
    let mut primes: Vec<u32> = Vec::new();
    for number in (3..2000).step_by(2) {
        if primes.iter().all(|prime| number % prime != 0) {
            primes.push(number);
        }
    }
    primes
}
