use es::event;

#[event(name = "Item.Discarded")]
pub struct ItemDropped {
    pub item: String,
}

fn main() {}
