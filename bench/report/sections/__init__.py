"""The parts of a report's page: a module each, which takes the analyses and gives a section."""
