"""The engine of the dense CRF: Gaussian filtering on lattices, and mean-field inference over it.

Compiled by numba when first used, and kept on the disk; it lets go of Python's lock while it works.
"""
