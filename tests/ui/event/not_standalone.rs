use es::Lone;

#[es::event]
pub struct Measured;

fn main() {
    let _ = Measured.happen(uuid());
    happens(Measured);
}

fn happens<E: Lone>(_: E) {}

fn uuid<T>() -> T {
    unimplemented!()
}
