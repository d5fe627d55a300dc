use logto_admin::models::PasswordAlgorithm;
use logto_admin_cli::users::sources::{Columns, Conversion, Source, SourceOptions, Unverified};
use logto_admin_cli::users::validate;
use serde_json::{Value, json};

use super::{PASSWORD, assert_signs_in, converted_with, json, records, warnings};

pub(super) fn options(mapping: &[&str]) -> SourceOptions {
    let columns = Columns(mapping.iter().map(|text| text.parse().unwrap()).collect());
    SourceOptions { columns, country_code: Some("49".into()), ..Default::default() }
}

pub(super) const MAPPING: [&str; 8] = [
    "Login=username",
    "mail=primaryEmail",
    "phone=primaryPhone",
    "hash=passwordDigest",
    "team=customData.team.name",
    "groups=roles",
    "google=identities.google",
    "active note=-",
];

fn row(members: Value) -> Conversion {
    Source::Csv.convert(members, &options(&[])).unwrap()
}

#[tokio::test]
async fn columns_are_mapped_to_members() {
    let users = converted_with(Source::Csv, "users.csv", &options(&MAPPING));
    assert_eq!(
        json(&users[0]),
        json!({
            "username": "ada",
            "primaryEmail": "ada@example.com",
            "primaryPhone": "491511234567",
            "passwordAlgorithm": "Legacy",
            "profile": { "locale": "en" },
            "customData": { "team": { "name": "R&D" } },
            "identities": { "google": { "userId": "1080" } },
            "roles": ["admin", "editor"],
        })
    );
    assert!(warnings(&users[0]).is_empty());
    assert_signs_in(&users[0].user, PASSWORD).await;

    // A hash that does not name its algorithm needs a column for it.
    assert!(users[1].user.is_suspended);
    let problems = validate::problems(&users[1].user);
    assert_eq!(problems[0].to_string(), "passwordDigest: `passwordAlgorithm` is missing");
}

#[test]
fn unknown_columns_are_rejected_with_a_suggestion() {
    let record = records(Source::Csv, "users.csv").remove(0);
    let problems = Source::Csv.convert(record, &options(&MAPPING[1..7])).unwrap_err();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "Login: unknown column; map it with \"Login=MEMBER\", or ignore it with \"Login=-\"",
            "active note: unknown column; map it with \"active note=MEMBER\", or ignore it with \"active note=-\"",
        ]
    );
    let problems = Source::Csv.convert(json!({ "primary_mail": "a@b.c" }), &options(&[])).unwrap_err();
    assert!(problems[0].message.contains("\"primary_mail=primaryEmail\""), "{problems:?}");
}

#[test]
fn a_secret_that_is_not_in_base_32_is_a_problem() {
    let problems = Source::Csv.convert(json!({ "username": "ada", "totpSecret": "01" }), &options(&[])).unwrap_err();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, ["totpSecret: expected a TOTP secret in base 32"]);
}

#[test]
fn columns_with_the_name_of_a_member_need_no_mapping() {
    let user = row(json!({
        "id": "1",
        "Primary E-mail": "ada@example.com",
        "email_verified": "false",
        "password": " with spaces ",
        "organizations": "Acme|Beta, Inc|Acme",
        "customData.age": "36",
        "customData": { "plan": "pro" },
        "totpSecret": "jbsw y3dp ehpk 3pxp",
    }));
    assert_eq!(
        json(&user),
        json!({
            "id": "1",
            "primaryEmail": "ada@example.com",
            "password": " with spaces ",
            "customData": { "age": "36", "plan": "pro" },
            "organizations": [{ "name": "Acme" }, { "name": "Beta, Inc" }],
            "mfa": [{ "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" }],
        })
    );
    assert_eq!(warnings(&user).len(), 1);
}

#[test]
fn a_member_cannot_come_from_two_columns_of_a_row() {
    for (object, column) in [
        (json!({ "age": 36 }), "customData.age"),
        (json!({ "age": { "years": 36 } }), "customData.age"),
        (json!({ "age": 36 }), "customData.age.years"),
    ] {
        let record = json!({ "username": "ada", "customData": object, column: "1" });
        let problems = Source::Csv.convert(record, &options(&[])).unwrap_err();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, [format!("{column}: another column sets this member, too")]);
    }
    let both =
        row(json!({ "username": "ada", "customData": { "age": { "years": 36 } }, "customData.age.months": "1" }));
    assert_eq!(json(&both)["customData"], json!({ "age": { "years": 36, "months": "1" } }));
}

#[test]
fn usernames_that_are_email_addresses_become_email_addresses() {
    let user = row(json!({ "username": "ada@example.com" }));
    assert_eq!(json(&user), json!({ "primaryEmail": "ada@example.com" }));
    assert!(warnings(&user)[0].contains("becomes the email address"));
    let user = row(json!({ "username": "Ada@example.com", "primaryEmail": "ada@example.com" }));
    assert!(user.user.username.is_none() && user.warnings.is_empty());
}

#[test]
fn an_unverified_address_does_not_come_back_as_username() {
    let options = SourceOptions { unverified: Unverified::CustomData, ..Default::default() };
    let email = "ada@example.com";
    for record in [
        json!({ "username": "Ada@example.com", "primaryEmail": email, "emailVerified": false }),
        json!({ "username": email }),
    ] {
        let user = Source::Csv.convert(record, &options).unwrap();
        assert!(user.user.username.is_none() && user.user.primary_email.is_none());
        assert!(warnings(&user)[0].ends_with("it is kept in custom data"), "{user:?}");
    }
}

#[test]
fn two_columns_cannot_set_one_member() {
    let record = json!({ "mail": "a@b.c", "primaryEmail": "d@e.f" });
    let problems = Source::Csv.convert(record, &options(&["mail=primaryEmail"])).unwrap_err();
    assert_eq!(problems[0].to_string(), "primaryEmail: another column sets \"primaryEmail\" too");
}

#[test]
fn invalid_values_go_to_custom_data_with_a_warning() {
    let user = row(json!({ "primaryEmail": "ada", "primaryPhone": "n/a", "username": "ada l", "avatar": "ada.png" }));
    let kept = json!({ "primaryEmail": "ada", "primaryPhone": "n/a", "username": "ada l" });
    assert_eq!(json(&user), json!({ "customData": kept }));
    assert_eq!(warnings(&user).len(), 4);
}

#[test]
fn values_of_a_wrong_type_are_rejected() {
    for (record, expected) in [
        (json!({ "isSuspended": "maybe" }), "isSuspended \"maybe\": expected true or false"),
        (json!({ "customData": "red" }), "customData: expected a JSON object"),
        (json!({ "emailVerified": "maybe" }), "emailVerified \"maybe\": expected true or false"),
        (json!({ "username": { "first": "Ada" } }), "username: expected a text"),
        (json!({ "roles": [1] }), "roles: expected a list of names"),
        (json!({ "organizations": [1] }), "organizations: expected names, or objects with `name` and `roles`"),
    ] {
        let problems = Source::Csv.convert(record, &options(&[])).unwrap_err();
        assert_eq!(problems[0].to_string(), expected);
    }
}

#[test]
fn hashes_of_unsupported_formats_are_warnings_that_do_not_show_them() {
    for (digest, format) in [
        ("$6$salt$hunter2", "SHA-512 crypt"),
        ("$P$Bhunter2", "phpass"),
        ("scrypt$hunter2", "scrypt"),
        ("{SSHA}LhKrkM9Fy+zlstjdD7Kv2s6QvhD//w==", "LDAP (binary salt)"),
        ("{XSHA}hunter2", "these LDAP"),
    ] {
        let user = row(json!({ "username": "ada", "passwordDigest": digest }));
        assert_eq!(
            warnings(&user),
            [format!("passwordDigest: Logto cannot verify {format} hashes, so the user has to set a new password")]
        );
    }
}

#[test]
fn case_and_separators_of_a_column_do_not_matter_also_in_a_path() {
    for column in ["Customdata.Team", "custom data.Team", "custom-data.Team", "CUSTOM_DATA.Team"] {
        let user = row(json!({ "username": "ada", column: "red" }));
        assert_eq!(user.user.custom_data["Team"], "red", "{column}");
    }
    let problems = Source::Csv.convert(json!({ "phone": "1" }), &options(&[])).unwrap_err();
    assert!(problems[0].message.contains("\"phone=primaryPhone\""), "{problems:?}");
}

#[test]
fn truth_values_and_lists_have_several_forms() {
    for (cell, expected) in [("true", true), ("Yes", true), ("1", true), ("false", false), ("no", false), ("0", false)]
    {
        assert_eq!(row(json!({ "username": "ada", "isSuspended": cell })).user.is_suspended, expected, "{cell}");
    }
    for cell in ["staff|crew", "staff; crew", "staff,crew"] {
        let user = row(json!({ "username": "ada", "roles": cell, "organizations": cell })).user;
        let organizations: Vec<&str> = user.organizations.iter().map(|membership| membership.name.as_str()).collect();
        assert_eq!((user.roles, organizations), (vec!["staff".to_owned(), "crew".to_owned()], vec!["staff", "crew"]));
    }
    // A cell has one kind of separator.
    assert_eq!(row(json!({ "username": "ada", "roles": "staff; crew, night" })).user.roles, ["staff", "crew, night"]);
}

#[test]
fn a_phone_number_without_a_country_code_is_kept_in_custom_data() {
    let record = json!({ "username": "ada", "primaryPhone": "0151 1234567" });
    let user = Source::Csv.convert(record, &SourceOptions::default()).unwrap();
    assert_eq!(json(&user), json!({ "username": "ada", "customData": { "primaryPhone": "0151 1234567" } }));
    let expected = "the phone number has no country code, which `--country-code` adds; it is kept in custom data";
    assert!(matches!(&warnings(&user)[..], [warning] if warning.ends_with(expected)), "{user:?}");
}

#[test]
fn the_algorithm_of_a_hash_that_names_it_can_be_left_out() {
    let digest = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    let user = row(json!({ "username": "ada", "passwordDigest": digest })).user;
    assert_eq!(user.password_algorithm.as_deref(), Some("Bcrypt"));
    assert!(validate::problems(&user).is_empty());
}

#[test]
fn the_case_of_an_algorithm_does_not_matter() {
    for name in PasswordAlgorithm::VALUES {
        for written in [name.to_lowercase(), name.to_uppercase()] {
            let record = json!({ "username": "ada", "passwordDigest": "x", "passwordAlgorithm": written });
            for source in [Source::Csv, Source::Logto] {
                let user = source.convert(record.clone(), &options(&[])).unwrap().user;
                assert_eq!(user.password_algorithm.as_deref(), Some(*name), "{source}");
            }
        }
    }
}
