use es::domain::Standalone;

#[es::event]
pub struct Measured;

fn main() {
    let _ = Measured.trigger(uuid());
    happens(Measured);
}

fn happens<E: Standalone>(_: E) {}

fn uuid<T>() -> T {
    unimplemented!()
}
