use logto_admin::serde_json::Value;

use super::{Rules, Shape, View};
use crate::collections::{APPLICATIONS, Collection, USERS};
use crate::record::{Members, Record};

pub(super) static RULES: Rules = Rules { present, ..Rules::NONE };

/// Maximum number of users or applications that a list shows per entity.
const FEATURED: usize = 3;

fn present(view: &View<'_>, role: &Record, members: &mut Members) {
    if view.shape != Shape::Listed {
        return;
    }
    let kinds = [
        ("usersCount", "featuredUsers", "users_roles", &USERS, ["id", "avatar", "name"]),
        ("applicationsCount", "featuredApplications", "applications_roles", &APPLICATIONS, ["id", "name", "type"]),
    ];
    for (count, featured, table, holders, shown) in kinds {
        let (number, first) = featured_of(view, table, ("roles", &role.id), holders, &shown);
        members.insert(count.to_owned(), number.into());
        members.insert(featured.to_owned(), first);
    }
}

/// Returns the number of linked entities, and the first few of them.
pub(super) fn featured_of(
    view: &View<'_>,
    table: &str,
    condition: (&str, &str),
    holders: &Collection,
    shown: &[&str],
) -> (usize, Value) {
    let store = &view.state.store;
    let conditions = [condition];
    let ids: Vec<&str> = store.links.ids(table, holders.name, &conditions).collect();
    let first = ids.iter().take(FEATURED).filter_map(|id| store.get(holders, id)).map(|holder| holder.part(shown));
    (ids.len(), first.collect())
}
