#[es::aggregate]
pub struct World {}

async fn take(app: &es::Application, id: es::Uuid) {
    let _ = app.take_snapshot::<World>(id, ..).await;
}

fn main() {}
