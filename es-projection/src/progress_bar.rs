//! A progress bar for rebuilds of projections.

use es_store::read_model::ReadModel;
use indicatif::ProgressBar;

use crate::progress::Phase;
use crate::running::Running;

impl<M: ReadModel> Running<M> {
    /// Draws the progress on a bar until the projection has caught up or ended.
    ///
    /// The style and the terminal are those of the bar.
    ///
    /// ```no_run
    /// # async fn example<M: es_store::read_model::ReadModel>(rebuild: es_projection::Running<M>) {
    /// use es_projection::ProgressBar;
    ///
    /// rebuild.draw(&ProgressBar::new(0)).await;
    /// # }
    /// ```
    pub async fn draw(&self, bar: &ProgressBar) {
        let mut watch = self.watch();
        loop {
            let progress = *watch.borrow_and_update();
            bar.set_length(progress.head.get());
            bar.set_position(progress.position.get());
            bar.set_message(format!("{:.0}/s", progress.rate));
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
