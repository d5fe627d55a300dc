use std::sync::Arc;

use serde_json::{Value, json};

use super::Client;
use crate::error::{Error, ErrorKind};
use crate::token::{ClientCredentials, TokenError, TokenExchange};

impl TokenExchange {
    /// Impersonates the user with this id. `admin`, a client of the Management API, creates a subject token for each
    /// renewal.
    pub fn impersonating(admin: Client, user_id: impl Into<String>, application: ClientCredentials) -> Self {
        let user_id: Arc<str> = user_id.into().into();
        let id = Arc::clone(&user_id);
        let create = move || create_subject_token(admin.clone(), Arc::clone(&id));
        Self::with_subject_tokens(application, create).of_user(&user_id)
    }
}

async fn create_subject_token(admin: Client, user_id: Arc<str>) -> Result<String, TokenError> {
    let created = async { admin.operation("CreateSubjectToken")?.json(&json!({ "userId": &*user_id })).await };
    let answer = created.await.map_err(TokenError::SubjectToken)?;
    let token = answer.get("subjectToken").and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| TokenError::SubjectToken(missing_subject_token()))
}

fn missing_subject_token() -> Error {
    Error::new(ErrorKind::Decode, "the answer of the Management API contains no `subjectToken`")
}
