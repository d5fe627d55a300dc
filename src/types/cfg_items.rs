/// Puts several items behind one feature gate.
#[allow(unused_macros, reason = "without API groups there are no gated models")]
macro_rules! cfg_items {
    ($condition:meta => $($item:item)*) => { $(#[cfg($condition)] $item)* };
}
pub(crate) use cfg_items;
