#[es::event]
pub struct Happened {
    #[cfg_attr(all(), serde(skip))]
    pub what: String,
    #[cfg_attr(all(), cfg_attr(all(), doc = "Why.", serde(default)))]
    pub why: String,
    #[cfg_attr(all(), doc = "Who.")]
    pub who: String,
}

fn main() {}
