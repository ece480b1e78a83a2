#[es::event]
#[serde_with::serde_as]
pub struct Happened {
    #[serde_as(as = "DisplayFromStr")]
    pub what: u64,
}

#[es::event]
#[serde_with::skip_serializing_none]
#[derive(Eq)]
pub struct Rested {
    pub why: Option<String>,
}

#[es::event]
#[serde_as]
pub struct Moved {
    #[serde_as(as = "DisplayFromStr")]
    pub to: u64,
}

fn main() {}
