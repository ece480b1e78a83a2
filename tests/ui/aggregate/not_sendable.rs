pub struct Handle(pub *const u8);

impl Default for Handle {
    fn default() -> Self {
        Self(std::ptr::null())
    }
}

#[es::aggregate]
pub struct World {
    handle: Handle,
}

fn main() {}
