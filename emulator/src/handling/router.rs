//! Finds the operation of a request and its handler. The routes are built from the client's operation table.

use std::collections::HashMap;
use std::sync::OnceLock;

use logto_admin::operation::{OperationInfo, Release, TABLE, without_names};
use logto_admin::transport::{HttpResponse, Method};

use crate::call::{Call, Handler};
use crate::collections::{self, Collection};
use crate::errors::{Outcome, Refusal, no_route, wrong_method};
use crate::experience;
use crate::operations;
use crate::operations::collection_operations::{self, Verb};
use crate::operations::relation_operations::{self, LinkVerb};
use crate::operations::sample_response;
use crate::operations::setting_operations::{self, SettingVerb};
use crate::relations::{self, Relation};
use crate::settings::Setting;
use crate::state::State;

/// An operation with its path and its handler.
pub(crate) struct Route {
    pub info: &'static OperationInfo,
    segments: Vec<Segment>,
    work: Work,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    // Sorts before `Parameter`, so that `roles` in `/users/roles` is not an id.
    Fixed(String),
    Parameter,
}

enum Work {
    Special(Handler),
    Entities(&'static Collection, Verb),
    Links(&'static Relation, LinkVerb),
    Setting(&'static Setting, SettingVerb),
    /// A sample response.
    StandIn,
}

impl Route {
    fn new(info: &'static OperationInfo) -> Self {
        let segment =
            |text: &str| if text.starts_with('{') { Segment::Parameter } else { Segment::Fixed(text.to_owned()) };
        Self { info, segments: info.path.split('/').skip(1).map(segment).collect(), work: work(info) }
    }

    /// Returns the path parameters if the path matches this route. Fixed segments ignore case.
    fn matches(&self, segments: &[String]) -> Option<Vec<String>> {
        let mut parameters = Vec::new();
        for (segment, given) in self.segments.iter().zip(segments) {
            match segment {
                Segment::Parameter if given.is_empty() => return None,
                Segment::Parameter => parameters.push(given.clone()),
                Segment::Fixed(text) if text.eq_ignore_ascii_case(given) => {}
                Segment::Fixed(_) => return None,
            }
        }
        Some(parameters)
    }

    /// Rejects a request before its parts are validated.
    pub(crate) fn admit(&self, parameters: &[String], state: &State) -> Outcome<()> {
        match &self.work {
            Work::Links(relation, _) => relation_operations::admit(relation, parameters, state),
            _ => Ok(()),
        }
    }

    pub(crate) fn run(&self, call: &mut Call<'_>) -> Outcome<HttpResponse> {
        match &self.work {
            Work::Special(handler) => handler(call),
            Work::Entities(collection, verb) => collection_operations::run(call, collection, *verb),
            Work::Links(relation, verb) => relation_operations::run(call, relation, *verb),
            Work::Setting(setting, verb) => setting_operations::run(call, setting, *verb),
            Work::StandIn => sample_response::run(call),
        }
    }
}

/// Returns the operations that have a handler of their own.
fn special() -> impl Iterator<Item = &'static (&'static str, Handler)> {
    operations::all().chain(experience::ALL.iter().copied().flatten())
}

fn work(info: &OperationInfo) -> Work {
    if let Some((_, handler)) = special().find(|(id, _)| *id == info.id) {
        return Work::Special(*handler);
    }
    if let Some((setting, verb)) = setting_operations::find(info) {
        return Work::Setting(setting, verb);
    }
    let path = without_names(info.path);
    let relation = || {
        relations::all()
            .find_map(|relation| link_verb(info.method, &path, relation.path).map(|verb| Work::Links(relation, verb)))
    };
    let collection =
        || collections::all().find_map(|known| verb(info.method, &path, known).map(|verb| Work::Entities(known, verb)));
    relation().or_else(collection).unwrap_or(Work::StandIn)
}

fn verb(method: Method, path: &str, collection: &Collection) -> Option<Verb> {
    let below = path.strip_prefix(collection.path)?;
    match (method, below) {
        (Method::Post, "") => Some(Verb::Create),
        (Method::Get, "") => Some(Verb::List),
        (Method::Get, "/{}") => Some(Verb::Get),
        (Method::Patch | Method::Put, "/{}") => Some(Verb::Update),
        (Method::Delete, "/{}") => Some(Verb::Delete),
        _ => None,
    }
}

fn link_verb(method: Method, path: &str, relation: &str) -> Option<LinkVerb> {
    match (method, path.strip_prefix(relation)?) {
        (Method::Get, "") => Some(LinkVerb::List),
        (Method::Post, "") => Some(LinkVerb::Add),
        (Method::Put, "") => Some(LinkVerb::Replace),
        (Method::Delete, "/{}") => Some(LinkVerb::Remove),
        _ => None,
    }
}

/// Returns all routes by number of segments. Fixed segments sort before parameters.
fn routes() -> &'static HashMap<usize, Vec<Route>> {
    static ROUTES: OnceLock<HashMap<usize, Vec<Route>>> = OnceLock::new();
    ROUTES.get_or_init(|| {
        let mut routes: HashMap<usize, Vec<Route>> = HashMap::new();
        for info in TABLE {
            let route = Route::new(info);
            routes.entry(route.segments.len()).or_default().push(route);
        }
        routes.values_mut().for_each(|routes| routes.sort_by(|one, other| one.segments.cmp(&other.segments)));
        routes
    })
}

/// Returns whether an operation is stateful.
pub(crate) fn keeps(id: &str) -> bool {
    logto_admin::operation::find(id).is_some_and(|info| !matches!(work(info), Work::StandIn))
}

/// Returns the routes of this path for all methods, with the path parameters. Leaves out those of later releases of
/// Logto. The documents of newer releases lack the interaction API, but their servers still have it.
fn matching(release: Release, segments: &[String]) -> impl Iterator<Item = (&'static Route, Vec<String>)> {
    let routes = routes().get(&segments.len()).into_iter().flatten();
    let routes = routes.filter(move |route| route.info.since <= release);
    routes.filter_map(|route| Some((route, route.matches(segments)?)))
}

/// Returns the route of a request, with the path parameters. This release of Logto must have it.
pub(crate) fn find(
    release: Release,
    method: Method,
    segments: &[String],
) -> Result<(&'static Route, Vec<String>), Refusal> {
    // A HEAD request is handled like a GET request.
    let method = if method == Method::Head { Method::Get } else { method };
    let found = matching(release, segments).find(|(route, _)| route.info.method == method);
    found.ok_or_else(|| allowed(release, segments).map_or_else(no_route, wrong_method))
}

/// Returns the methods of a path, as the `Allow` header lists them.
pub(crate) fn allowed(release: Release, segments: &[String]) -> Option<String> {
    let mut methods: Vec<&str> = Vec::new();
    for (route, _) in matching(release, segments) {
        let method = route.info.method.as_str();
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    // A path with GET also has HEAD.
    if let Some(get) = methods.iter().position(|method| *method == "GET") {
        methods.remove(get);
        methods.extend(["HEAD", "GET"]);
    }
    (!methods.is_empty()).then(|| methods.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: Method, path: &str) -> Result<(&'static str, Vec<String>), u16> {
        let segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        let found = find(Release::new(42), method, &segments);
        found.map(|(route, parameters)| (route.info.id, parameters)).map_err(|refusal| refusal.into_response().status)
    }

    #[test]
    fn every_handler_belongs_to_an_operation_of_its_own() {
        let mut known = std::collections::HashSet::new();
        for (id, _) in special() {
            assert!(logto_admin::operation::find(id).is_some(), "{id}");
            assert!(known.insert(id), "{id}");
        }
    }

    #[test]
    fn fixed_segments_take_precedence_over_parameters() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(route(Method::Get, "/api/users/a"), Ok(("GetUser", ids(&["a"]))));
        assert_eq!(route(Method::Get, "/API/Users/Roles"), Ok(("GetUser", ids(&["Roles"]))));
        let bulk = route(Method::Post, "/api/organizations/o/users/roles");
        assert_eq!(bulk, Ok(("AssignOrganizationRolesToUsers", ids(&["o"]))));
    }

    #[test]
    fn unknown_paths_and_wrong_methods_are_distinguished() {
        assert_eq!(route(Method::Get, "/api/nope"), Err(404));
        assert_eq!(route(Method::Put, "/api/users"), Err(405));
        assert_eq!(route(Method::Get, "/api/users//roles"), Err(404));
        assert_eq!(route(Method::Head, "/api/users"), Ok(("ListUsers", Vec::new())));
        let methods = |path: &str| allowed(Release::new(42), &path.split('/').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(methods("api/status").as_deref(), Some("HEAD, GET"));
        assert_eq!(methods("api/users").as_deref(), Some("POST, HEAD, GET"));
        assert_eq!(methods("api/nope"), None);
    }

    #[test]
    fn stateful_operations_and_samples_are_distinguished() {
        assert!(keeps("CreateUser") && keeps("AssignUserRoles") && keeps("VerifyUserPassword"));
        assert!(!keeps("NoSuchOperation"));
    }
}
