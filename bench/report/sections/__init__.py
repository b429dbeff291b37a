"""The parts of a report's page: a module each, which takes the findings and gives a section."""
