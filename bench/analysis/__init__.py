"""Conclusions from trials: frames in, frames out; nothing here draws or opens a file."""
