#[es::entity(snapshot, timestamped)]
pub struct Log {
    pub entries: Vec<String>,
}

fn main() {}
