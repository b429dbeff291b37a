"""What tests are made of: toys, and builders of frames, panels and results."""
