//! Generated.
use crate::operation::*;
use crate::transport::Method;
/// Every operation.
pub static TABLE: &[&OperationInfo] = &[&LIST_USERS];
/// ListUsers.
pub static LIST_USERS: OperationInfo = OperationInfo {
    id: "ListUsers",
    group: "users",
    name: "list",
    method: Method::Get,
    path: "/api/users",
    path_parameters: &[],
    query_parameters: &[],
    body: BodyKind::None,
    answer: AnswerKind::Json,
    success: &[200],
    paging: Paging::Always,
    idempotent: true,
    authentication: Authentication::Management,
    deprecated: false,
    summary: "",
};
