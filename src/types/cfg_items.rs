/// Puts several items behind one feature gate.
macro_rules! cfg_items {
    ($condition:meta => $($item:item)*) => { $(#[cfg($condition)] $item)* };
}
pub(crate) use cfg_items;
