#[es::aggregate]
#[serde(rename_all = "camelCase")]
pub struct World {
    #[attribute]
    ruled_by: String,
}

fn main() {}
