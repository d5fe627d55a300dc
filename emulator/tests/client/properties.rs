//! Random sequences of calls, compared with a model. The seeds are fixed.

use std::collections::{BTreeMap, BTreeSet};

use logto_admin::serde_json::{Value, json};
use logto_admin::{Client, Result};

use crate::{call, client};

/// Random numbers (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((value ^ (value >> 31)) % bound as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

fn ids(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn unique_members_are_unique_after_any_changes() -> Result<()> {
    for seed in 0..20 {
        let (client, mut random) = (client(), Random(seed));
        // The email address and username of each user.
        let mut users: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
        for _ in 0..60 {
            let email = format!("{}@Example.com", random.pick(&["a", "A", "b", "B", "c"]));
            let username = (*random.pick(&["x", "X", "y"])).to_owned();
            let known: Vec<String> = users.keys().cloned().collect();
            let user = (!known.is_empty()).then(|| random.pick(&known).clone());
            let others: Vec<_> =
                users.iter().filter(|(other, _)| Some(*other) != user.as_ref()).map(|(_, of)| of).collect();
            let taken = |others: &[&(Option<String>, Option<String>)]| {
                let same_email =
                    |one: &Option<String>| one.as_ref().is_some_and(|one| one.eq_ignore_ascii_case(&email));
                others.iter().any(|(other, name)| same_email(other) || name.as_ref() == Some(&username))
            };
            let body = json!({ "primaryEmail": email, "username": username });
            match (random.below(4), user) {
                (0, Some(user)) => {
                    call(&client, "DeleteUser", &[("userId", &user)], Value::Null).await?;
                    users.remove(&user);
                }
                (1, Some(user)) => {
                    call(&client, "UpdateUser", &[("userId", &user)], json!({ "primaryEmail": null })).await?;
                    users.get_mut(&user).unwrap().0 = None;
                }
                (2, Some(user)) => {
                    let answer = call(&client, "UpdateUser", &[("userId", &user)], body).await;
                    assert_eq!(answer.is_err(), taken(&others), "seed {seed}: {users:?}");
                    if answer.is_ok() {
                        users.insert(user, (Some(email), Some(username)));
                    }
                }
                _ => {
                    let all: Vec<_> = users.values().collect();
                    let answer = call(&client, "CreateUser", &[], body).await;
                    assert_eq!(answer.is_err(), taken(&all), "seed {seed}: {users:?}");
                    if let Ok(created) = answer {
                        users.insert(id(&created), (Some(email), Some(username)));
                    }
                }
            }
        }
        let listed: BTreeSet<String> = ids(&call(&client, "ListUsers", &[], Value::Null).await?);
        assert_eq!(listed, users.keys().cloned().collect(), "seed {seed}");
    }
    Ok(())
}

/// Entities, and the links between them.
#[derive(Default)]
struct Model {
    users: Vec<String>,
    roles: Vec<String>,
    organizations: Vec<String>,
    organization_roles: Vec<String>,
    /// Users and their roles.
    holders: BTreeSet<(String, String)>,
    /// Organizations and their members.
    members: BTreeSet<(String, String)>,
    /// Organizations, their members, and the roles of the members.
    member_roles: BTreeSet<(String, String, String)>,
}

impl Model {
    async fn create(&mut self, client: &Client, random: &mut Random, step: usize) -> Result<()> {
        let name = format!("entity {step}");
        let (operation, list) = match random.below(4) {
            0 => ("CreateUser", &mut self.users),
            1 => ("CreateRole", &mut self.roles),
            2 => ("CreateOrganization", &mut self.organizations),
            _ => ("CreateOrganizationRole", &mut self.organization_roles),
        };
        list.push(id(&call(client, operation, &[], json!({ "name": name, "description": "d" })).await?));
        Ok(())
    }

    async fn link(&mut self, client: &Client, random: &mut Random) -> Result<()> {
        let user = random.pick(&self.users).clone();
        let organization = random.pick(&self.organizations).clone();
        match random.below(3) {
            0 => {
                let role = random.pick(&self.roles).clone();
                call(client, "AssignUserRoles", &[("userId", &user)], json!({ "roleIds": [role] })).await?;
                self.holders.insert((user, role));
            }
            1 => {
                let path = [("id", organization.as_str())];
                call(client, "AddOrganizationUsers", &path, json!({ "userIds": [user] })).await?;
                self.members.insert((organization, user));
            }
            _ => {
                let role = random.pick(&self.organization_roles).clone();
                let path = [("id", organization.as_str()), ("userId", user.as_str())];
                let answer =
                    call(client, "AssignOrganizationRolesToUser", &path, json!({ "organizationRoleIds": [role] }))
                        .await;
                let is_member = self.members.contains(&(organization.clone(), user.clone()));
                assert_eq!(answer.is_ok(), is_member);
                if is_member {
                    self.member_roles.insert((organization, user, role));
                }
            }
        }
        Ok(())
    }

    async fn delete(&mut self, client: &Client, random: &mut Random) -> Result<()> {
        let (operation, parameter, list) = match random.below(4) {
            0 => ("DeleteUser", "userId", &mut self.users),
            1 => ("DeleteRole", "id", &mut self.roles),
            2 => ("DeleteOrganization", "id", &mut self.organizations),
            _ => ("DeleteOrganizationRole", "id", &mut self.organization_roles),
        };
        if list.len() < 2 {
            return Ok(());
        }
        let gone = list.remove(random.below(list.len()));
        call(client, operation, &[(parameter, &gone)], Value::Null).await?;
        self.holders.retain(|(user, role)| *user != gone && *role != gone);
        self.members.retain(|(organization, user)| *organization != gone && *user != gone);
        self.member_roles.retain(|(organization, user, role)| ![organization, user, role].contains(&&gone));
        Ok(())
    }

    async fn check(&self, client: &Client) -> Result<()> {
        for user in &self.users {
            let roles = call(client, "ListUserRoles", &[("userId", user)], Value::Null).await?;
            let expected = self.holders.iter().filter(|(holder, _)| holder == user).map(|(_, role)| role.clone());
            assert_eq!(ids(&roles), expected.collect());
        }
        for organization in &self.organizations {
            let members = call(client, "ListOrganizationUsers", &[("id", organization)], Value::Null).await?;
            let expected = self.members.iter().filter(|(one, _)| one == organization).map(|(_, user)| user.clone());
            assert_eq!(ids(&members), expected.collect());
            for member in members.as_array().unwrap() {
                let user = id(member);
                let expected = self.member_roles.iter().filter(|(one, of, _)| one == organization && *of == user);
                assert_eq!(ids(&member["organizationRoles"]), expected.map(|(_, _, role)| role.clone()).collect());
            }
        }
        for role in &self.roles {
            let holders = call(client, "ListRoleUsers", &[("id", role)], Value::Null).await?;
            let expected = self.holders.iter().filter(|(_, held)| held == role).map(|(user, _)| user.clone());
            assert_eq!(ids(&holders), expected.collect());
        }
        Ok(())
    }
}

#[tokio::test]
async fn deletions_remove_exactly_the_links_of_an_entity() -> Result<()> {
    for seed in 0..10 {
        let (client, mut random, mut model) = (client(), Random(seed), Model::default());
        for operation in ["CreateUser", "CreateRole", "CreateOrganization", "CreateOrganizationRole"] {
            let created = id(&call(&client, operation, &[], json!({ "name": "first", "description": "d" })).await?);
            match operation {
                "CreateUser" => model.users.push(created),
                "CreateRole" => model.roles.push(created),
                "CreateOrganization" => model.organizations.push(created),
                _ => model.organization_roles.push(created),
            }
        }
        for step in 0..60 {
            match random.below(5) {
                0 | 1 => model.create(&client, &mut random, step).await?,
                2 | 3 => model.link(&client, &mut random).await?,
                _ => model.delete(&client, &mut random).await?,
            }
        }
        model.check(&client).await?;
    }
    Ok(())
}

#[tokio::test]
async fn pages_of_any_size_contain_every_item_once() -> Result<()> {
    let (client, mut random) = (client(), Random(7));
    for count in 0..35_usize {
        if count > 0 {
            call(&client, "CreateOrganization", &[], json!({ "name": format!("{count}") })).await?;
        }
        let size = 1 + random.below(12);
        let mut seen = Vec::new();
        for page in 1..=count.div_ceil(size) + 1 {
            let request = client.organizations().list().page(u32::try_from(page).unwrap());
            let items = request.page_size(u32::try_from(size).unwrap()).await?;
            assert_eq!(items.total, Some(count as u64));
            let expected = count.saturating_sub((page - 1) * size).min(size);
            assert_eq!(items.len(), expected, "{count} items, page {page} of size {size}");
            seen.extend(items.into_iter().map(|organization| organization.id));
        }
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (count, count));
    }
    Ok(())
}
