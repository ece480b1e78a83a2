//! Authentication by bearer tokens.
//!
//! `ValidateRequestHeaderLayer::bearer` of tower-http accepts one token and compares it in variable
//! time. Here a second token allows rotation, and the comparison takes constant time.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::TypedHeader;
use axum_extra::headers::Authorization;
use axum_extra::headers::authorization::Bearer;
use axum_extra::typed_header::TypedHeaderRejection;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// The digests of the tokens that are accepted. Digests have equal lengths, so that a comparison
/// reveals nothing about a token.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Vec<[u8; 32]>);

impl Tokens {
    pub(crate) fn add(&mut self, token: &str) {
        self.0.push(digest(token));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a token is accepted, in a time that does not depend on the token.
    fn accepts(&self, token: &str) -> bool {
        let digest = digest(token);
        let compare = |found: Choice, accepted: &[u8; 32]| found | accepted.ct_eq(&digest);
        self.0.iter().fold(Choice::from(0), compare).into()
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Answers `401` unless the request has one of the tokens.
pub(crate) async fn authenticate(
    State(tokens): State<Arc<Tokens>>,
    authorization: Result<TypedHeader<Authorization<Bearer>>, TypedHeaderRejection>,
    request: Request,
    next: Next,
) -> Response {
    match authorization {
        Err(_) => unauthorized("Bearer"),
        Ok(TypedHeader(Authorization(bearer))) if tokens.accepts(bearer.token()) => {
            next.run(request).await
        }
        Ok(_) => unauthorized(r#"Bearer error="invalid_token""#),
    }
}

fn unauthorized(challenge: &'static str) -> Response {
    let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))];
    (
        StatusCode::UNAUTHORIZED,
        challenge,
        "unauthorized: send a valid bearer token\n",
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_the_tokens_is_accepted_and_nothing_else() {
        let mut tokens = Tokens::default();
        assert!(!tokens.accepts(""));
        tokens.add("new");
        tokens.add("old");
        assert!(tokens.accepts("new") && tokens.accepts("old"));
        for wrong in ["", "ne", "newer", "NEW", "new "] {
            assert!(!tokens.accepts(wrong), "{wrong}");
        }
    }
}
