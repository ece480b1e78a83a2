use es::Metadata;

async fn handle() {}

fn main() {
    let request = Metadata::new().with("user", "ann");
    let _work = request.scope(|| async { handle().await });
}
