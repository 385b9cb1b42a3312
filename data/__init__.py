"""The data that ships with the package: districts with their police force, and sample incidents."""
