//! Calls to the token endpoint, through the same loop as all other calls.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Attempt, Exchange, HttpAttempt, HttpSender, Label, OutgoingRequest, Pipeline, Plan, RetryPolicy};
use crate::error::Result;
use crate::token::{TokenAnswer, TokenCalls, TokenRequest};
use crate::transport::{HttpRequest, Method, Received, TransportOptions};

const OPERATION: &str = "OidcToken";

/// Sends the token calls of a client through its pipeline, over HTTP.
pub(crate) struct TokenCaller {
    pub pipeline: Arc<Pipeline>,
    pub retry: RetryPolicy,
    pub sender: Arc<HttpSender>,
    pub user_agent: Option<String>,
    pub timeout: Option<Duration>,
    pub options: TransportOptions,
}

#[async_trait]
impl TokenCalls for TokenCaller {
    async fn send(&self, request: TokenRequest) -> Result<TokenAnswer> {
        let attempt = HttpAttempt {
            sender: &self.sender,
            request: HttpTokenRequest { request, user_agent: self.user_agent.as_deref() },
            operation: OPERATION,
            timeout: self.timeout,
            options: TransportOptions { token_call: true, ..self.options },
        };
        self.pipeline.token_call(self.retry, &attempt).await
    }
}

impl Pipeline {
    /// Carries out a call to the token endpoint.
    pub(crate) async fn token_call<R: Received>(
        &self,
        retry: RetryPolicy,
        attempt: &dyn Attempt<Response = R>,
    ) -> Result<TokenAnswer> {
        let plan = Plan {
            label: Some(Label { operation: OPERATION, method: Method::Post, template: "/oidc/token" }),
            retry,
            // A second call issues a second token, and the first one is not used.
            idempotent: true,
            total_timeout: None,
            urgent: true,
            begun: None,
            tokens: None,
        };
        let Exchange { answer, stopped, .. } = self.run(&plan, attempt).await?;
        Ok(TokenAnswer { answer, stopped })
    }
}

struct HttpTokenRequest<'a> {
    request: TokenRequest,
    user_agent: Option<&'a str>,
}

impl OutgoingRequest for HttpTokenRequest<'_> {
    fn to_http(&self) -> HttpRequest {
        let mut request = HttpRequest::new(Method::Post, &self.request.url);
        request.headers.set("accept", "application/json");
        request.headers.set("content-type", "application/x-www-form-urlencoded");
        if let Some(user_agent) = self.user_agent {
            request.headers.set("user-agent", user_agent.to_owned());
        }
        if let Some(authorization) = &self.request.authorization {
            request.headers.set("authorization", authorization.clone());
        }
        request.body = self.request.form.clone().into();
        request
    }
}
