#[es::event]
pub union Happened {
    pub once: u8,
    pub twice: u8,
}

fn main() {}
