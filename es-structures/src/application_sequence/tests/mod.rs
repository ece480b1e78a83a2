//! The application sequence with several processes, and with stores that fail.

mod bulk_reads;
mod database;
mod deletions;
mod followers;
mod holes;
mod index;
mod repairs;
mod writers;
