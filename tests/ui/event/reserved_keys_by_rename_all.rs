#[es::event]
#[serde(rename_all = "UPPERCASE")]
pub struct Happened {
    pub uuid: String,
    pub timestamp: u8,
}

fn main() {}
