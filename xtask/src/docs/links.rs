//! Checks the links of a site. External links are not fetched.

use std::collections::BTreeMap;

use super::html::Page;

/// Returns a line for each broken link. `site` has the text of each HTML file by its path, and all other files with any
/// text.
pub(super) fn broken(site: &BTreeMap<String, String>) -> Vec<String> {
    let html = site.iter().filter(|(path, _)| path.ends_with(".html"));
    let pages: BTreeMap<&str, Page> = html.map(|(path, html)| (path.as_str(), Page::read(html))).collect();
    let mut broken = Vec::new();
    for (path, page) in &pages {
        for link in page.links.iter().filter(|link| !is_external(link)) {
            if let Some(problem) = problem(path, link, site, &pages) {
                broken.push(format!("{path}: {link}: {problem}"));
            }
        }
    }
    broken
}

fn problem(
    from: &str,
    link: &str,
    site: &BTreeMap<String, String>,
    pages: &BTreeMap<&str, Page>,
) -> Option<&'static str> {
    let (address, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = address.split_once('?').map_or(address, |(path, _)| path);
    if path.starts_with('/') {
        return Some("absolute path, which fails if the book is not at the root of its host");
    }
    let Some(target) = resolve(from, path) else {
        return Some("outside of the book");
    };
    if !site.contains_key(&target) {
        return Some("no such file");
    }
    let page = pages.get(target.as_str()).filter(|_| !anchor.is_empty())?;
    (!page.ids.contains(anchor)).then_some("no such anchor")
}

fn is_external(link: &str) -> bool {
    ["https:", "http:", "mailto:", "data:", "//"].iter().any(|start| link.starts_with(start))
}

/// Returns the file that a relative path leads to. `None` if it leaves the site.
fn resolve(from: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(from.to_owned());
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    if path.ends_with('/') || path.ends_with("..") {
        segments.push("index.html");
    }
    Some(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(page: &str) -> Vec<String> {
        let other = r#"<h1 id="there">There</h1>"#;
        let files = [("index.html", "<p>"), ("a/page.html", page), ("a/other.html", other), ("css/book.css", "")];
        broken(&files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
    }

    #[test]
    fn links_to_files_and_anchors_that_exist_are_fine() {
        let page = r##"<p id="here"><a href="#here"><a href="other.html#there"><a href="../index.html"><a href="../">
            <a href="./other.html?highlight=x#there"><link href="../css/book.css"><a href="">"##;
        assert_eq!(check(page), Vec::<String>::new());
    }

    #[test]
    fn external_links_are_not_checked() {
        let page =
            r#"<a href="https://example.com/x#y"><a href="mailto:a@example.com"><img src="//example.com/a.png">"#;
        assert_eq!(check(page), Vec::<String>::new());
    }

    #[test]
    fn broken_links_are_reported_with_page_and_reason() {
        assert_eq!(check(r##"<a href="#gone">"##), ["a/page.html: #gone: no such anchor"]);
        assert_eq!(check(r#"<a href="other.html#gone">"#), ["a/page.html: other.html#gone: no such anchor"]);
        assert_eq!(check(r#"<img src="x.png">"#), ["a/page.html: x.png: no such file"]);
        assert_eq!(check(r#"<a href="../../x.html">"#), ["a/page.html: ../../x.html: outside of the book"]);
        assert!(check(r#"<a href="/index.html">"#).concat().contains("absolute path"));
    }

    #[test]
    fn links_of_rustdoc_that_were_not_converted_are_broken() {
        assert_eq!(check(r#"<a href="crate::Client">"#), ["a/page.html: crate::Client: no such file"]);
    }
}
