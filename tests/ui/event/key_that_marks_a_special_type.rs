#[es::event]
pub struct Happened {
    #[serde(rename = "__decimal__")]
    pub amount: String,
}

fn main() {}
