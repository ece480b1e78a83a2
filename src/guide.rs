//! The guide, one module per chapter. The tests compile and run every snippet.

#[doc = include_str!("../docs/guide/domain.md")]
pub mod domain {}

#[doc = include_str!("../docs/guide/application.md")]
pub mod application {}

#[doc = include_str!("../docs/guide/notifications.md")]
pub mod notifications {}

#[cfg(feature = "sqlite")]
#[doc = include_str!("../docs/guide/projections.md")]
pub mod projections {}

#[cfg(feature = "http")]
#[doc = include_str!("../docs/guide/http.md")]
pub mod http {}

#[cfg(feature = "cassandra")]
#[doc = include_str!("../docs/guide/cassandra.md")]
pub mod cassandra {}

#[cfg(feature = "structures")]
#[doc = include_str!("../docs/guide/structures.md")]
pub mod structures {}

#[doc = include_str!("../docs/guide/integrity.md")]
pub mod integrity {}

#[doc = include_str!("../docs/guide/testing.md")]
pub mod testing {}

#[doc = include_str!("../docs/guide/glossary.md")]
pub mod glossary {}
