//! Finds entities by what people know of them: names, email addresses, ids.

use futures_util::{Stream, TryStreamExt, stream};
use logto_admin::models::User;
use logto_admin::serde_json::Value;
use logto_admin::{Client, Error, ErrorKind, MatchMode, RetryPolicy, UserSearchMember};

use crate::failure::{Failure, Result};
use crate::username_case::UsernameCase;

/// Returns the user with this id, email address, phone number or username.
pub async fn user(client: &Client, who: &str) -> Result<User> {
    found(client, who).await?.map_err(|others| unknown(who, &others))
}

/// Returns the id of a user. Users that were deleted have an id too, which cannot be looked up.
pub(crate) async fn id_of_past_user(client: &Client, who: &str) -> Result<String> {
    match found(client, who).await? {
        Ok(user) => Ok(user.id),
        Err(others) if others.is_empty() && is_id(who) => Ok(who.to_owned()),
        Err(others) => Err(unknown(who, &others)),
    }
}

/// Whether a text can be the id of a user. Other identifiers seldom look like that.
fn is_id(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    text.len() == 12 && text.chars().all(is_letter) && !is_phone(text)
}

/// Returns a user, or those whose usernames differ in case only. They differ from the username that is looked for.
async fn found(client: &Client, who: &str) -> Result<Result<User, Vec<User>>> {
    // The users are compared again: behind a gateway that drops the query, a search returns all users.
    let found = if who.trim().is_empty() {
        None
    } else if who.contains('@') {
        let found = users_with(client, &[(UserSearchMember::PrimaryEmail, who)], None).await?;
        found.into_iter().find(|user| has(user, "primaryEmail", who))
    } else if is_phone(who) {
        let digits: String = who.chars().filter(char::is_ascii_digit).collect();
        let found = users_with(client, &[(UserSearchMember::PrimaryPhone, &digits)], None).await?;
        found.into_iter().find(|user| has(user, "primaryPhone", &digits))
    } else {
        match client.users().get(who).await {
            Ok(user) => return only_by_id(client, who, user).await.map(Ok),
            Err(error) if is_absent(&error) => return by_username(client, who).await,
            Err(error) => return Err(error.into()),
        }
    };
    Ok(found.ok_or_else(Vec::new))
}

/// Returns the user with this id. Fails if it is the username of another: users choose their usernames themselves.
async fn only_by_id(client: &Client, id: &str, user: User) -> Result<User> {
    let can_be_username = is_id(id) && !id.starts_with(|letter: char| letter.is_ascii_digit());
    if !can_be_username {
        return Ok(user);
    }
    match by_username(client, id).await? {
        Ok(other) if other.id != user.id => Err(ambiguous(&user, &other)),
        Ok(_) | Err(_) => Ok(user),
    }
}

/// Returns the failure for the id of a user that is the username of another. The hint has what identifies each of them.
fn ambiguous(user: &User, other: &User) -> Failure {
    let id = &user.id;
    let unique = [&user.primary_email, &user.primary_phone, &user.username].into_iter().flatten().next();
    let of_id = match unique {
        Some(unique) => format!("pass `{unique}`"),
        None => format!("call `logto-admin api GetUser --path userId={id}` or another operation"),
    };
    Failure::usage(format!("`{id}` is the id of a user and the username of another"))
        .with_hint(format!("for the user with the id, {of_id}; for the other, pass its id `{}`", other.id))
}

/// Returns the user with this username, or those whose usernames differ in case. These can be different users, unless the
/// tenant ignores case.
async fn by_username(client: &Client, name: &str) -> Result<Result<User, Vec<User>>> {
    let mut others = Vec::new();
    for user in users_with(client, &[(UserSearchMember::Username, name)], None).await? {
        if has(&user, "username", name) {
            return Ok(Ok(user));
        }
        if has_without_case(&user, "username", name) {
            others.push(user);
        }
    }
    match others.pop() {
        Some(user) if others.is_empty() && UsernameCase::load(client).await? == UsernameCase::Ignored => Ok(Ok(user)),
        last => Ok(Err(others.into_iter().chain(last).collect())),
    }
}

/// Returns the failure for an unknown user. The usernames of `others` differ in case only.
fn unknown(who: &str, others: &[User]) -> Failure {
    let failure = Failure::new(format!("no user has the id, email address, phone number or username `{who}`"));
    let names = others.iter().filter_map(|user| user.username.as_ref());
    let names = names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
    if names.is_empty() { failure } else { failure.with_hint(format!("did you mean {names}?")) }
}

/// The member with the id of a user.
pub(crate) const ID: &str = "id";

/// Identifiers of users, besides the id.
pub const IDENTIFIERS: [(&str, UserSearchMember); 3] = [
    ("primaryEmail", UserSearchMember::PrimaryEmail),
    ("primaryPhone", UserSearchMember::PrimaryPhone),
    ("username", UserSearchMember::Username),
];

/// Returns all users with one of these values, in one search. The server compares without case.
pub async fn users_with(
    client: &Client,
    values: &[(UserSearchMember, &str)],
    retry: impl Into<Option<RetryPolicy>>,
) -> logto_admin::Result<Vec<User>> {
    if values.is_empty() {
        // Such a search would match all users.
        return Ok(Vec::new());
    }
    let mut list = client.users().list().match_mode(MatchMode::Exact);
    for (member, value) in values {
        list = list.search_member(member.clone(), *value);
    }
    if let Some(policy) = retry.into() {
        list = list.retry(policy);
    }
    list.stream().try_collect().await
}

/// Whether the user has this value. Only email addresses are compared without case, as the server does.
pub(crate) fn has(user: &User, member: &str, value: &str) -> bool {
    match member {
        "primaryEmail" => has_without_case(user, member, value),
        _ => member_of(user, member) == Some(value),
    }
}

/// Whether the user has this value in any case.
pub(crate) fn has_without_case(user: &User, member: &str, value: &str) -> bool {
    member_of(user, member).is_some_and(|own| own.to_lowercase() == value.to_lowercase())
}

/// Returns the value of an identifier.
pub(crate) fn member_of<'u>(user: &'u User, member: &str) -> Option<&'u str> {
    match member {
        ID => Some(&user.id),
        "primaryEmail" => user.primary_email.as_deref(),
        "primaryPhone" => user.primary_phone.as_deref(),
        "username" => user.username.as_deref(),
        _ => None,
    }
}

/// Whether Logto itself answered that the entity does not exist.
///
/// What is in front of it answers without a code, or with one of another form, such as `NotFound`.
pub(crate) fn is_absent(error: &Error) -> bool {
    let is_words =
        |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let is_of_logto = |code: &str| code.contains('.') && code.split('.').all(is_words);
    error.is_not_found() && error.code().is_some_and(is_of_logto)
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = digits.chars().all(|letter| letter.is_ascii_digit() || " -()".contains(letter));
    is_number && digits.chars().filter(char::is_ascii_digit).count() >= 5
}

/// Returns the id of the entity with this id or name. `operation` lists all entities of its kind.
pub async fn id(client: &Client, operation: &str, kind: &str, name: &str) -> Result<String> {
    id_among(&all(client, operation).await?, kind, name)
}

/// Returns the ids of the entities with these ids or names. Reads their list once.
pub async fn ids(client: &Client, operation: &str, kind: &str, names: &[String]) -> Result<Vec<String>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let all = all(client, operation).await?;
    names.iter().map(|name| id_among(&all, kind, name)).collect()
}

/// Returns the id of the entity with this id or name.
pub(crate) fn id_among(all: &[Value], kind: &str, name: &str) -> Result<String> {
    let text = |item: &Value, member: &str| item[member].as_str().map(str::to_owned);
    if let Some(item) = all.iter().find(|item| item["id"] == name) {
        return Ok(text(item, "id").unwrap_or_default());
    }
    let mut named = all.iter().filter(|item| item["name"] == name).filter_map(|item| text(item, "id"));
    match (named.next(), named.next()) {
        (Some(id), None) => Ok(id),
        (Some(one), Some(other)) => {
            Err(Failure::usage(format!("several {kind}s are called `{name}`: pass an id, such as {one} or {other}")))
        }
        (None, _) => Err(Failure::new(format!("no {kind} has the id or name `{name}`"))),
    }
}

/// Returns all entities of a list, page by page.
pub async fn all(client: &Client, operation: &str) -> Result<Vec<Value>> {
    all_at(client, operation, &[]).await
}

/// Returns all entities of a list with path parameters, page by page.
pub async fn all_at(client: &Client, operation: &str, path: &[(&str, String)]) -> Result<Vec<Value>> {
    let list = List { operation, path, query: &[] };
    list.pages(client).try_concat().await
}

/// Returns the items of an answer. A gateway or another server can answer with something else, which is not an empty list.
pub(crate) fn items(answer: Value) -> Result<Vec<Value>> {
    list(answer).map_err(|error| Failure::from(error).with_hint("check the endpoint with `logto-admin doctor`"))
}

/// Returns the items of an answer, like [`items`]. For callers that handle errors of calls.
pub(crate) fn list(answer: Value) -> logto_admin::Result<Vec<Value>> {
    match answer {
        Value::Array(items) => Ok(items),
        _ => Err(Error::new(ErrorKind::Decode, "the server responded with something that is not a list")),
    }
}

/// A list whose pages are read.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Id of the operation.
    pub operation: &'a str,
    /// Path parameters.
    pub path: &'a [(&'a str, String)],
    /// Query parameters.
    pub query: &'a [(String, String)],
}

impl<'a> List<'a> {
    /// Returns the pages, each as its items.
    pub fn pages(self, client: &'a Client) -> impl Stream<Item = Result<Vec<Value>>> + 'a {
        stream::try_unfold(Some((1_u32, Vec::new())), move |next| async move {
            let Some((page, before)) = next else { return Ok(None) };
            let items = self.page(client, page).await?;
            if items.len() < PAGE as usize {
                return Ok(Some((items, None)));
            }
            if items == before {
                let message = format!("page {page} of {} is the same as the one before", self.operation);
                return Err(
                    Failure::new(message).with_hint("check whether something in front of the server drops the query")
                );
            }
            Ok(Some((items.clone(), Some((page + 1, items)))))
        })
    }

    async fn page(self, client: &Client, page: u32) -> Result<Vec<Value>> {
        let mut request = client.operation(self.operation)?.query("page", page).query("page_size", PAGE);
        for (name, value) in self.path {
            request = request.path(name, value);
        }
        for (name, value) in self.query {
            request = request.query(name, value.as_str());
        }
        let member = logto_admin::operation::find(self.operation).and_then(|info| info.items_at);
        let mut answer = request.await?;
        items(member.and_then(|member| answer.get_mut(member).map(Value::take)).unwrap_or(answer))
    }
}

/// Items per page: the most that Logto allows.
const PAGE: u32 = 100;
