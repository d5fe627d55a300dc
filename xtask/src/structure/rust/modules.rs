//! Finds the module of an item from a path in the source.

use std::collections::{BTreeMap, BTreeSet};

use super::path::Path;

/// The names of modules from the crate's root.
pub(super) type Module<'a> = Vec<&'a str>;

/// The modules of a crate, and what they import.
pub(super) struct Modules<'a> {
    all: BTreeSet<Module<'a>>,
    /// The paths that modules import, by module and name. Items of other crates have no path.
    imports: BTreeMap<(Module<'a>, &'a str), Option<Vec<&'a str>>>,
}

impl<'a> Modules<'a> {
    /// `files` are the modules of the files.
    pub(super) fn new(files: impl Iterator<Item = Module<'a>>) -> Self {
        let parents =
            |module: Module<'a>| (0..=module.len()).filter_map(move |count| module.get(..count).map(<[_]>::to_vec));
        Self { all: files.flat_map(parents).collect(), imports: BTreeMap::new() }
    }

    /// Whether a module has a module of this name.
    pub(super) fn has_child(&self, module: &[&'a str], name: &'a str) -> bool {
        self.all.contains(&[module, &[name]].concat())
    }

    /// Adds an import of a module. Leaves out imports of everything: what they import counts as the module's own.
    pub(super) fn import(&mut self, module: &[&'a str], path: &Path<'a>) {
        let Some(name) = path.name().filter(|name| *name != "*") else {
            return;
        };
        let segments: Vec<_> = path.segments.iter().map(|segment| segment.name).collect();
        let is_own = segments
            .first()
            .is_some_and(|first| ["crate", "self", "super"].contains(first) || self.has_child(module, first));
        let target = if is_own { absolute(&segments, module) } else { None };
        self.imports.entry((module.to_vec(), name)).or_insert(target);
    }

    /// Returns the module that has the item at an absolute path.
    pub(super) fn of_item(&self, path: &[&'a str]) -> Found<'a> {
        let mut path = path.to_vec();
        // Imports of imports end here, also if they form a cycle.
        for _ in 0..8 {
            let (module, rest) = self.split(&path);
            let Some((name, after)) = rest.split_first() else {
                return Found::Module(module);
            };
            match self.imports.get(&(module.clone(), *name)) {
                Some(Some(target)) if *target != path => path = [target.as_slice(), after].concat(),
                Some(None) => return Found::OtherCrate,
                _ if module.is_empty() => return Found::Unknown,
                _ => return Found::Module(module),
            }
        }
        Found::Unknown
    }

    /// Splits a path after the last module.
    fn split<'p>(&self, path: &'p [&'a str]) -> (Module<'a>, &'p [&'a str]) {
        let is_module = |count: &usize| path.get(..*count).is_some_and(|module| self.all.contains(module));
        let count = (0..=path.len()).take_while(is_module).last().unwrap_or_default();
        let (module, rest) = path.split_at(count);
        (module.to_vec(), rest)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    Module(Module<'a>),
    OtherCrate,
    /// The root neither has nor imports an item of this name.
    Unknown,
}

/// Returns the path from the crate's root, for segments in a module. Is empty if they leave the crate.
pub(super) fn absolute<'a>(segments: &[&'a str], module: &[&'a str]) -> Option<Vec<&'a str>> {
    let mut path = module.to_vec();
    for segment in segments {
        match *segment {
            "crate" | "$crate" => path.clear(),
            "super" => drop(path.pop()?),
            "self" => {}
            name => path.push(name),
        }
    }
    Some(path)
}

/// Returns the modules of an import that are compared: the first ones that differ. They have the same parent, or one is
/// the parent of the other.
pub(super) fn compared(from: &[&str], to: &[&str]) -> (String, String) {
    let shared = from.iter().zip(to).take_while(|(from, to)| from == to).count();
    let (from, to) = (from.get(..=shared).unwrap_or(from), to.get(..=shared).unwrap_or(to));
    (from.join("::"), to.join("::"))
}
