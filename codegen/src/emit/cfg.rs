//! Feature gates.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::groups::feature;

/// Returns the feature gate of an item that these groups use.
pub fn any_feature(groups: &BTreeSet<String>) -> TokenStream {
    let features: Vec<String> = groups.iter().map(|group| feature(group)).collect();
    match features.as_slice() {
        [only] => quote! { #[cfg(feature = #only)] },
        several => quote! { #[cfg(any(#(feature = #several),*))] },
    }
}
