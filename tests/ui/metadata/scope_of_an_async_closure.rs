use es::Metadata;

fn main() {
    let request = Metadata::new().with("user", "ann");
    let _work = request.scope(async || ());
}
