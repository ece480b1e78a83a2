mod a {
    #[es::event(alone(numbered, sealed, sealed))]
    pub struct Measured;
}

mod b {
    #[es::event(alone = true)]
    pub struct Measured;
}

mod c {
    #[es::event(sealed)]
    pub struct Measured;
}

fn main() {}
