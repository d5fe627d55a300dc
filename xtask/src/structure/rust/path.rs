//! Parses paths such as `crate::a::b` and groups such as `crate::{a::b, c as d}`.

/// A path to one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path<'a> {
    pub(super) segments: Vec<Segment<'a>>,
    alias: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) name: &'a str,
    /// The offset in the code.
    pub(super) at: usize,
}

impl<'a> Path<'a> {
    /// Returns the name under which the path is imported.
    pub(super) fn name(&self) -> Option<&'a str> {
        let last = self.segments.iter().rev().map(|segment| segment.name).find(|name| *name != "self");
        self.alias.or(last)
    }
}

/// Parses the path or group at an offset. Returns its paths and the offset of its end.
pub(super) fn parse(code: &str, at: usize) -> (Vec<Path<'_>>, usize) {
    let mut parser = Parser { code, at, paths: Vec::new() };
    parser.tree(Path::default());
    (parser.paths, parser.at)
}

struct Parser<'a> {
    code: &'a str,
    at: usize,
    paths: Vec<Path<'a>>,
}

impl<'a> Parser<'a> {
    fn tree(&mut self, mut path: Path<'a>) {
        loop {
            if self.eat("{") {
                return self.group(&path);
            }
            let Some(segment) = self.segment() else {
                break;
            };
            path.segments.push(segment);
            if !self.eat("::") {
                path.alias = self.alias();
                break;
            }
        }
        self.paths.push(path);
    }

    fn group(&mut self, prefix: &Path<'a>) {
        while !self.eat("}") {
            let start = self.at;
            self.tree(prefix.clone());
            self.eat(",");
            if self.at == start {
                return;
            }
        }
    }

    fn segment(&mut self) -> Option<Segment<'a>> {
        let rest = self.rest();
        let length = match rest {
            _ if rest.starts_with('*') => 1,
            _ if rest.starts_with("$crate") => "$crate".len(),
            _ => rest.find(|character| !is_word(character)).unwrap_or(rest.len()),
        };
        let name = rest.get(..length).filter(|name| !name.is_empty())?;
        let at = self.code.len() - rest.len();
        self.at = at + length;
        Some(Segment { name, at })
    }

    fn alias(&mut self) -> Option<&'a str> {
        let after = self.rest().strip_prefix("as")?;
        if !after.starts_with(char::is_whitespace) {
            return None;
        }
        self.eat("as");
        self.segment().map(|segment| segment.name)
    }

    /// Skips the text if it comes next after white space.
    fn eat(&mut self, text: &str) -> bool {
        let Some(after) = self.rest().strip_prefix(text) else {
            return false;
        };
        self.at = self.code.len() - after.len();
        true
    }

    fn rest(&self) -> &'a str {
        self.code.get(self.at..).unwrap_or_default().trim_start()
    }
}

pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<String> {
        let (paths, _) = parse(code, 0);
        let path = |path: &Path<'_>| path.segments.iter().map(|segment| segment.name).collect::<Vec<_>>().join("::");
        paths.iter().map(path).collect()
    }

    #[test]
    fn a_path_ends_where_no_segment_follows() {
        assert_eq!(paths("crate::a::B;"), ["crate::a::B"]);
        assert_eq!(paths("crate::a::B::<C>::new(crate::d)"), ["crate::a::B"]);
        assert_eq!(paths("$crate::a::$b"), ["$crate::a"]);
        assert_eq!(paths("crate :: a\n:: b"), ["crate::a::b"]);
    }

    #[test]
    fn groups_are_nested() {
        assert_eq!(
            paths("crate::{\n    a::{self, B, c::*},\n    d,\n};"),
            ["crate::a::self", "crate::a::B", "crate::a::c::*", "crate::d"]
        );
        assert_eq!(paths("super::{super::a, b}"), ["super::super::a", "super::b"]);
        assert_eq!(paths("crate::{}"), [""; 0]);
    }

    #[test]
    fn the_end_is_after_the_group() {
        let code = "crate::{a, b}; rest";
        assert_eq!(parse(code, 0).1, code.find(';').unwrap());
    }

    #[test]
    fn broken_groups_end() {
        assert_eq!(paths("crate::{a, +}"), ["crate::a", "crate"]);
        assert_eq!(paths("crate::{a, "), ["crate::a", "crate"]);
    }

    #[test]
    fn offsets_are_in_the_code() {
        let code = "use crate::{\n    a,\n    b as c,\n};";
        let (paths, _) = parse(code, 4);
        let at = paths.iter().map(|path| path.segments.last().unwrap().at).collect::<Vec<_>>();
        assert_eq!(at, [code.find("a,").unwrap(), code.find("b as").unwrap()]);
    }

    #[test]
    fn paths_are_imported_under_their_alias_or_last_segment() {
        let names = |code| parse(code, 0).0.iter().map(Path::name).collect::<Vec<_>>();
        assert_eq!(names("a::{B, C as D, e::{self}}"), [Some("B"), Some("D"), Some("e")]);
        assert_eq!(names("a::assign"), [Some("assign")]);
    }
}
