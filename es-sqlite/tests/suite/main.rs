//! What only this store can be asked: its files, its tables, its locks.

mod django;
mod faults;
mod place;
mod tables;
