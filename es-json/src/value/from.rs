//! Conversions into [`Value`].

use super::{Number, Value};

macro_rules! from_numbers {
    ($($type:ty)*) => { $(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::Number(Number::from(value))
            }
        }
    )* };
}

from_numbers!(i32 u32 i64 u64 f64);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}
