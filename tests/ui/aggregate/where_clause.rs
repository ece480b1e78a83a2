#[es::aggregate]
pub struct World
where
    String: Clone,
{
    pub history: Vec<String>,
}

fn main() {}
