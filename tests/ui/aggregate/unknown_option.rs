#[es::aggregate(topik = "worlds#World")]
pub struct World {
    pub history: Vec<String>,
}

fn main() {}
