use super::{Relation, organization_relations, role_relations};

/// Returns every relation.
pub(crate) fn all() -> impl Iterator<Item = &'static Relation> {
    role_relations::ALL.iter().chain(&organization_relations::ALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::links::TABLES;

    #[test]
    fn every_relation_matches_its_table() {
        for relation in all() {
            let table = TABLES.iter().find(|table| table.name == relation.table).unwrap();
            assert_eq!(relation.path.matches("{}").count(), relation.owners.len(), "{}", relation.path);
            assert_eq!(table.columns.len(), relation.owners.len() + 1, "{}", relation.path);
            let named = relation.owners.iter().chain([&relation.target]).map(|collection| collection.name);
            assert!(named.into_iter().all(|name| table.columns.contains(&name)), "{}", relation.path);
        }
    }
}
