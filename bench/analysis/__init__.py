"""What is computed of panels: frames in, frames out; nothing here draws or opens a file."""
