#[es::aggregate]
#[serde_with::serde_as]
pub struct World {
    #[attribute]
    #[serde_as(as = "DisplayFromStr")]
    population: u64,
}

fn main() {}
