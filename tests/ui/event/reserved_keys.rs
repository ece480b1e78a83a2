#[es::event]
pub struct Happened {
    pub originator_id: u8,
    pub originator_topic: u8,
    pub originator_version: u8,
    pub timestamp: u8,
    pub __event_hash__: u8,
    pub __event_topic__: u8,
    pub __previous_hash__: u8,
    pub __event_version__: u8,
    pub __metadata__: u8,
    #[serde(rename = "timestamp")]
    pub at: u8,
}

fn main() {}
