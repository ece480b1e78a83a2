//! A bar that shows how far a projection is.

use es_store::read_model::ReadModel;
use indicatif::ProgressBar;

use crate::progress::Phase;
use crate::running::Running;

impl<M: ReadModel> Running<M> {
    /// Draws on a bar how far it is, until it has caught up or has ended: for a rebuild that somebody watches. The bar says
    /// how it looks, and where.
    ///
    /// ```no_run
    /// # async fn example<M: es_store::read_model::ReadModel>(rebuilt: es_projection::Running<M>) {
    /// use es_core::projection::ProgressBar;
    ///
    /// rebuilt.draw(&ProgressBar::new(0)).await;
    /// # }
    /// ```
    pub async fn draw(&self, bar: &ProgressBar) {
        let mut watch = self.watch();
        loop {
            let progress = *watch.borrow_and_update();
            bar.set_length(progress.head.get());
            bar.set_position(progress.position.get());
            bar.set_message(format!("{:.0} a second", progress.rate));
            match progress.phase {
                Phase::Live => return bar.finish(),
                Phase::Ended => return bar.abandon(),
                Phase::Waiting | Phase::CatchingUp | Phase::Paused => {}
            }
            if watch.changed().await.is_err() {
                return bar.abandon();
            }
        }
    }
}
