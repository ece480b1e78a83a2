#[es::aggregate]
pub struct World<'a> {
    pub history: Vec<&'a str>,
}

fn main() {}
