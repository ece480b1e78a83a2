//! What writers, followers and repairs do where they meet, and where the store fails them.

mod deletions;
mod followers;
mod holes;
mod index;
mod repairs;
mod writers;
