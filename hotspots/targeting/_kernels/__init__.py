"""Compiled kernels for many places; importing a module of this package compiles or loads it."""
