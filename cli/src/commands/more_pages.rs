//! Recognizes that an answer is one page of a longer list.

use logto_admin::operation::{OperationInfo, Paging};
use logto_admin::serde_json::{self, Value};
use logto_admin::transport::HttpResponse;

use crate::output::counted;

/// Items of a page unless the page size is set.
const DEFAULT_SIZE: usize = 20;

/// Returns a note if the list has more pages than this answer. A call that sets `page` reads page by page: it has none.
pub(super) fn note(info: &OperationInfo, query: &[(String, String)], response: &HttpResponse) -> Option<String> {
    let set = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let is_paged = info.paging == Paging::Always || info.paging == Paging::OnRequest && set("page_size").is_some();
    if !is_paged || set("page").is_some() || response.status != 200 {
        return None;
    }
    let answer: Value = serde_json::from_slice(&response.body.bytes()).ok()?;
    let items = info.items_at.map_or(Some(&answer), |member| answer.get(member))?.as_array()?.len();
    match response.headers.get("total-number").and_then(|total| total.parse::<usize>().ok()) {
        Some(total) => (total > items).then(|| format!("these are {items} of {}", counted(total, "item"))),
        None => {
            let size = set("page_size").and_then(|size| size.parse().ok()).unwrap_or(DEFAULT_SIZE);
            (items >= size).then(|| format!("these are the first {}, there might be more", counted(items, "item")))
        }
    }
}

#[cfg(test)]
mod tests {
    use logto_admin::operation::find;

    use super::*;

    fn noted(operation: &str, query: &[(&str, &str)], items: usize, total: Option<&str>) -> Option<String> {
        let query: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let mut response = HttpResponse::new(200).body(serde_json::to_vec(&vec![Value::Null; items]).unwrap());
        if let Some(total) = total {
            response = response.header("total-number", total.to_owned());
        }
        note(find(operation).unwrap(), &query, &response)
    }

    #[test]
    fn a_page_of_a_longer_list_is_noted() {
        let of_total = |items, total| noted("ListUsers", &[], items, Some(total));
        assert_eq!(of_total(20, "500").as_deref(), Some("these are 20 of 500 items"));
        assert_eq!(of_total(20, "20"), None);
        let first = "these are the first 20 items, there might be more";
        assert_eq!(noted("ListUsers", &[], 20, None).as_deref(), Some(first));
        assert_eq!(noted("ListUsers", &[("page_size", "50")], 20, None), None);
        assert_eq!(noted("ListUsers", &[("page", "1")], 20, Some("500")), None);
    }

    #[test]
    fn a_whole_list_is_not_noted() {
        assert_eq!(noted("ListHooks", &[], 20, None), None);
        assert!(noted("ListHooks", &[("page_size", "3")], 3, Some("4")).is_some());
        assert_eq!(noted("ListDomains", &[], 20, None), None);
    }
}
