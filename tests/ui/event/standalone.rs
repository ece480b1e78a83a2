mod a {
    #[es::event(standalone(numbered, sealed, sealed))]
    pub struct Measured;
}

mod b {
    #[es::event(standalone = true)]
    pub struct Measured;
}

mod c {
    #[es::event(sealed)]
    pub struct Measured;
}

fn main() {}
