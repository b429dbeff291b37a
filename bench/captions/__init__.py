"""What each section of the report says: its sentence, notes and captions, from numbers."""
