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

/// The tokens that open a log. Only their digests are kept, and of equal length they show nothing when compared.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Vec<[u8; 32]>);

impl Tokens {
    pub(crate) fn add(&mut self, token: &str) {
        self.0.push(digest(token));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes as long whichever token it is, and if it is none.
    fn accept(&self, token: &str) -> bool {
        let given = digest(token);
        let compare = |found: Choice, known: &[u8; 32]| found | known.ct_eq(&given);
        self.0.iter().fold(Choice::from(0), compare).into()
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Lets a request through that has one of the tokens.
pub(crate) async fn authenticate(
    State(tokens): State<Arc<Tokens>>,
    authorization: Result<TypedHeader<Authorization<Bearer>>, TypedHeaderRejection>,
    request: Request,
    next: Next,
) -> Response {
    match authorization {
        Err(_) => unauthorized("Bearer"),
        Ok(TypedHeader(Authorization(bearer))) if tokens.accept(bearer.token()) => {
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
        "a bearer token is needed\n",
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_the_tokens_opens_and_nothing_else() {
        let mut tokens = Tokens::default();
        assert!(!tokens.accept(""));
        tokens.add("new");
        tokens.add("old");
        assert!(tokens.accept("new") && tokens.accept("old"));
        for wrong in ["", "ne", "newer", "NEW", "new "] {
            assert!(!tokens.accept(wrong), "{wrong}");
        }
    }
}
