//! Finds cycles of imports.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// One import in a file: `from` imports `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) file: String,
    pub(crate) line: usize,
}

/// All imports of one module by another.
#[derive(Clone, Debug)]
struct Edge {
    from: String,
    to: String,
    imports: Vec<Import>,
}

/// Edges of which each leads to the next, and the last to the first.
#[derive(Debug)]
pub(crate) struct Cycle(Vec<Edge>);

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cycle: ")?;
        for edge in &self.0 {
            write!(f, "{} -> ", edge.from)?;
        }
        f.write_str(self.0.first().map_or("", |first| &first.from))?;
        for edge in &self.0 {
            if let Some(Import { file, line, .. }) = edge.imports.first() {
                write!(f, "\n  {file}:{line} imports {}", edge.to)?;
            }
            if edge.imports.len() > 1 {
                write!(f, " (and {} more)", edge.imports.len() - 1)?;
            }
        }
        Ok(())
    }
}

/// Returns cycles whose removal leaves none, shortest cycles first.
///
/// The number of all cycles is exponential. After each cycle, the search therefore continues without the edge of the
/// cycle that has the fewest imports. That edge is the easiest to remove.
pub(crate) fn cycles(imports: Vec<Import>) -> Vec<Cycle> {
    let mut edges = edges(imports);
    let mut cycles = Vec::new();
    while let Some(cycle) = shortest_cycle(&edges) {
        if let Some(weakest) = cycle.0.iter().min_by_key(|edge| edge.imports.len()) {
            edges.retain(|edge| (&edge.from, &edge.to) != (&weakest.from, &weakest.to));
        }
        cycles.push(cycle);
    }
    cycles
}

/// Groups the imports by the two modules, once per line. A module's imports of itself are left out.
fn edges(imports: Vec<Import>) -> Vec<Edge> {
    let mut edges: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for import in imports.into_iter().filter(|import| import.from != import.to) {
        edges.entry((import.from.clone(), import.to.clone())).or_default().push(import);
    }
    let edge = |((from, to), mut imports): (_, Vec<_>)| {
        imports.dedup();
        Edge { from, to, imports }
    };
    edges.into_iter().map(edge).collect()
}

fn shortest_cycle(edges: &[Edge]) -> Option<Cycle> {
    let mut edges_from: BTreeMap<&str, Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        edges_from.entry(&edge.from).or_default().push(edge);
    }
    let cycles = edges.iter().filter_map(|start| {
        let mut cycle = vec![start];
        cycle.extend(shortest_path(&edges_from, &start.to, &start.from)?);
        Some(cycle)
    });
    let shortest = cycles.min_by_key(Vec::len)?;
    Some(Cycle(shortest.into_iter().cloned().collect()))
}

/// Searches breadth first.
fn shortest_path<'a>(edges_from: &BTreeMap<&str, Vec<&'a Edge>>, from: &'a str, to: &str) -> Option<Vec<&'a Edge>> {
    let mut seen = BTreeSet::from([from]);
    let mut paths = VecDeque::from([(from, Vec::new())]);
    while let Some((module, path)) = paths.pop_front() {
        if module == to {
            return Some(path);
        }
        for edge in edges_from.get(module).into_iter().flatten() {
            if seen.insert(&edge.to) {
                paths.push_back((&edge.to, [path.as_slice(), &[*edge]].concat()));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(line: usize, from: &str, to: &str) -> Import {
        Import { from: from.to_owned(), to: to.to_owned(), file: format!("{from}.rs"), line }
    }

    /// Imports from texts such as `a b`.
    fn imports(pairs: &[&str]) -> Vec<Import> {
        let pairs = pairs.iter().enumerate();
        pairs.filter_map(|(at, pair)| pair.split_once(' ').map(|(from, to)| import(at + 1, from, to))).collect()
    }

    fn chains(imports: Vec<Import>) -> Vec<String> {
        cycles(imports).iter().map(|cycle| cycle.to_string().lines().next().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_tree_has_no_cycle() {
        assert_eq!(chains(imports(&["a b", "a c", "b d", "c d"])), [""; 0]);
    }

    #[test]
    fn a_module_may_import_itself() {
        assert_eq!(chains(imports(&["a a"])), [""; 0]);
    }

    #[test]
    fn a_cycle_names_the_place_of_each_import() {
        let cycles = cycles(imports(&["a b", "b c", "c a", "c a"]));
        let expected =
            "cycle: a -> b -> c -> a\n  a.rs:1 imports b\n  b.rs:2 imports c\n  c.rs:3 imports a (and 1 more)";
        assert_eq!(cycles.iter().map(Cycle::to_string).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn imports_count_once_per_line() {
        let cycles = cycles([vec![import(1, "a", "b"); 2], vec![import(2, "b", "a")]].concat());
        assert_eq!(cycles[0].to_string(), "cycle: a -> b -> a\n  a.rs:1 imports b\n  b.rs:2 imports a");
    }

    #[test]
    fn short_cycles_come_first() {
        assert_eq!(
            chains(imports(&["a b", "b c", "c a", "x y", "y x"])),
            ["cycle: x -> y -> x", "cycle: a -> b -> c -> a"]
        );
    }

    #[test]
    fn the_search_continues_without_the_edge_of_the_fewest_imports() {
        // Both cycles contain `a b`, which has the fewest imports.
        let pairs = ["a b", "b a", "b a", "b c", "b c", "c a", "c a"];
        assert_eq!(chains(imports(&pairs)), ["cycle: a -> b -> a"]);
    }

    #[test]
    fn separate_cycles_through_one_module_are_all_found() {
        assert_eq!(chains(imports(&["a b", "b a", "a c", "c a"])), ["cycle: a -> b -> a", "cycle: a -> c -> a"]);
    }
}
