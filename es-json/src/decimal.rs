//! Stores a decimal as Python does: `#[serde(with = "es::json::decimal")]` on a field of type
//! [`Decimal`], or an `Option` or `Vec` of it.
//!
//! [`Decimal`] also serialises itself. This module exists so that the fields of all special types
//! can be written alike.

use super::decimal_number::Decimal;
use super::tagged::with_functions;

with_functions!(Decimal);
