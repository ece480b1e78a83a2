//! The databases that this process created on servers. They are dropped at the end.

use std::sync::{Arc, LazyLock};

use es_testing::store::servers::Databases;

#[cfg(feature = "mysql")]
pub(crate) static ON_MYSQL: LazyLock<Databases> =
    LazyLock::new(|| Databases::new(Arc::new(crate::mysql_server::Mysql)));

#[cfg(feature = "postgres")]
pub(crate) static ON_POSTGRES: LazyLock<Databases> =
    LazyLock::new(|| Databases::new(Arc::new(crate::postgres_server::Postgres)));

pub(crate) fn drop_all() {
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    runtime.block_on(async {
        #[cfg(feature = "mysql")]
        ON_MYSQL.drop_all().await;
        #[cfg(feature = "postgres")]
        ON_POSTGRES.drop_all().await;
    });
}
