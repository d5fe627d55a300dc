//! Search and filters of lists.

use logto_admin::models::ApplicationType;
use logto_admin::{Joint, MatchMode, SearchMember, UserSearchMember};

use crate::stage::{Stage, target};

#[test]
fn search_covers_every_member_by_default() {
    let users = Stage::silent().client.users().list();
    assert_eq!(target(&users.search("%ada%").to_http().unwrap()), "/api/users?search=%25ada%25");
}

#[test]
fn absent_and_empty_values_are_not_sent() {
    let users = Stage::silent().client.users().list().search("").search(None::<&str>).match_mode(None).joint(None);
    assert_eq!(target(&users.case_sensitive(None).to_http().unwrap()), "/api/users");
}

#[test]
fn search_can_set_members_and_match_modes() {
    let list = Stage::silent().client.users().list();
    let list = list.search_member(UserSearchMember::Username, "ada");
    let list = list.member_match_mode(UserSearchMember::Username, MatchMode::Exact);
    let list = list.joint(Joint::And).case_sensitive(true).match_mode(MatchMode::Like);
    let expected = "search.username=ada&mode.username=exact&joint=and&isCaseSensitive=true&mode=like";
    assert_eq!(target(&list.to_http().unwrap()), format!("/api/users?{expected}"));
}

#[test]
fn members_are_typed_per_list_and_plain_text_is_possible() {
    let client = Stage::silent().client;
    let roles = client.roles().list().search_member(SearchMember::Description, "%a%");
    assert_eq!(target(&roles.to_http().unwrap()), "/api/roles?search.description=%25a%25");
    let users = client.users().list().search_member("newMember", "a");
    assert_eq!(target(&users.to_http().unwrap()), "/api/users?search.newMember=a");
}

#[test]
fn users_can_be_filtered_by_role_and_organization() {
    let users = Stage::silent().client.users().list().exclude_role_id("r1").exclude_organization_id(None::<&str>);
    assert_eq!(target(&users.to_http().unwrap()), "/api/users?excludeRoleId=r1");
}

#[test]
fn a_member_can_have_several_patterns() {
    let list = Stage::silent().client.users().list().search_member("name", "%a%").search_member("name", "%b%");
    assert_eq!(target(&list.to_http().unwrap()), "/api/users?search.name=%25a%25&search.name=%25b%25");
}

#[test]
fn filters_with_several_values_repeat_their_name() {
    let list = Stage::silent().client.applications().list().types([ApplicationType::Spa, ApplicationType::Native]);
    assert_eq!(target(&list.to_http().unwrap()), "/api/applications?types=SPA&types=Native");
}
