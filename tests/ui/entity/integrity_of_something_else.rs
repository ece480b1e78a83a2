mod a {
    #[es::entity(integrity = none)]
    pub struct Lamp;
}

mod b {
    #[es::entity(integrity = "off")]
    pub struct Lamp;
}

mod c {
    #[es::entity(integrity)]
    pub struct Lamp;
}

fn main() {}
