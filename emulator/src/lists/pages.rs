//! Pagination of lists.

use logto_admin::operation::Paging;
use logto_admin::transport::HttpResponse;

use crate::errors::{Outcome, Refusal, internal};
use crate::http::request::Incoming;

const DEFAULT_SIZE: f64 = 20.0;
const LARGEST_SIZE: f64 = 100.0;

/// The requested part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// Returns the page of a request, or `None` if the list is not paginated.
    pub(crate) fn of(request: &Incoming, paging: Paging) -> Outcome<Option<Self>> {
        let asked = |name| request.query.get(name).filter(|value| !value.is_empty());
        let (number, size) = (asked("page"), asked("page_size"));
        let wanted = match paging {
            Paging::None => false,
            Paging::Always => true,
            Paging::OnRequest => number.or(size).is_some(),
        };
        if !wanted {
            return Ok(None);
        }
        let number = number.map_or(Some(1.0), javascript_number).ok_or_else(invalid)?;
        let size = size.map_or(Some(DEFAULT_SIZE), javascript_number).ok_or_else(invalid)?;
        if number <= 0.0 || size <= 0.0 || size > LARGEST_SIZE {
            return Err(invalid());
        }
        if number.fract() != 0.0 || size.fract() != 0.0 {
            return Err(Refusal::new(422, "entity.invalid_input", "Invalid input. Value list must not be empty."));
        }
        // The database counts rows with 64 bits.
        if number * size > i64::MAX as f64 {
            return Err(internal());
        }
        Ok(Some(Self { number: number as usize, size: size as usize }))
    }

    /// Returns the number of items before the page.
    pub(crate) const fn skipped(self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }

    /// Returns the maximum number of items on the page.
    pub(crate) const fn size(self) -> usize {
        self.size
    }

    /// Returns the items on the page and the total number of items.
    pub(crate) fn cut<T>(self, all: impl Iterator<Item = T>) -> (Vec<T>, usize) {
        let first = self.skipped();
        let page = first..first.saturating_add(self.size);
        let (mut cut, mut total) = (Vec::new(), 0);
        for item in all {
            if page.contains(&total) {
                cut.push(item);
            }
            total += 1;
        }
        (cut, total)
    }

    /// Adds headers with the total number of items and the links to other pages.
    pub(crate) fn announce(self, request: &Incoming, total: usize, response: HttpResponse) -> HttpResponse {
        let last = total.div_ceil(self.size).max(1);
        let mut response = response.header("total-number", total.to_string());
        let related = [
            ("first", Some(1)),
            ("prev", self.number.checked_sub(1).filter(|number| *number > 0)),
            ("last", Some(last)),
            ("next", Some(self.number.saturating_add(1)).filter(|number| *number <= last)),
        ];
        for (relation, number) in related.iter().filter_map(|(relation, number)| Some((relation, (*number)?))) {
            response = response.header("link", format!("<{}>; rel=\"{relation}\"", link(request, number)));
        }
        response
    }
}

fn invalid() -> Refusal {
    Refusal::new(400, "guard.invalid_pagination", "The request pagination value is invalid.")
}

/// Parses a number as JavaScript's `Number` does.
fn javascript_number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.trim().parse::<f64>().ok().filter(|_| plain)
}

/// Returns the link to a page. The real server omits `/api` here, so these links lead to the sign-in page.
fn link(request: &Incoming, number: usize) -> String {
    let path = request.path.strip_prefix("/api").unwrap_or(&request.path);
    let mut query = request.query.clone();
    query.set("page", &number.to_string());
    format!("{}{path}?{query}", request.origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::transport::{HttpRequest, Method};

    fn request(query: &str) -> Incoming {
        Incoming::new(&HttpRequest::new(Method::Get, format!("http://h/api/roles{query}")))
    }

    fn page(query: &str, paging: Paging) -> Result<Option<(usize, usize)>, u16> {
        let page = Page::of(&request(query), paging);
        page.map(|page| page.map(|page| (page.number, page.size))).map_err(|refusal| refusal.into_response().status)
    }

    #[test]
    fn lists_are_paginated_always_on_request_or_never() {
        assert_eq!(page("", Paging::Always), Ok(Some((1, 20))));
        assert_eq!(page("", Paging::OnRequest), Ok(None));
        assert_eq!(page("?page=", Paging::OnRequest), Ok(None));
        assert_eq!(page("?page_size=5", Paging::OnRequest), Ok(Some((1, 5))));
        assert_eq!(page("?page=2&page_size=5", Paging::None), Ok(None));
    }

    #[test]
    fn numbers_are_parsed_as_in_javascript_and_bounded() {
        assert_eq!(page("?page=1e2&page_size=100", Paging::Always), Ok(Some((100, 100))));
        for bad in ["page=0", "page=-1", "page=x", "page=NaN", "page=inf", "page_size=0", "page_size=101"] {
            assert_eq!(page(&format!("?{bad}"), Paging::Always), Err(400), "{bad}");
        }
        assert_eq!(page("?page_size=0.5", Paging::Always), Err(422));
        assert_eq!(page("?page=1e300", Paging::Always), Err(500));
    }

    #[test]
    fn headers_contain_the_total_and_the_links() {
        let request = request("?page=2&page_size=3&type=User");
        let page = Page::of(&request, Paging::Always).unwrap().unwrap();
        assert_eq!(page.cut(1..=7), (vec![4, 5, 6], 7));
        let response = page.announce(&request, 7, HttpResponse::new(200));
        assert_eq!(response.headers.get("total-number"), Some("7"));
        let links: Vec<&str> = response.headers.get_all("link").collect();
        assert_eq!(links.len(), 4);
        assert_eq!(links[3], "<http://h/roles?page=3&page_size=3&type=User>; rel=\"next\"");
    }
}
