"""Quantiles of plain samples, to hold measured ones against."""

import math


def quantile(samples, q):
    """The smallest sample that at least a share of `q` of all samples does not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(q * len(ordered)) - 1)]


def quantile_range(samples, q, tolerance):
    """(lowest, highest) value an honest measurement may report for a quantile of these samples.

    Both definitions in use, nearest rank and interpolation, lie between the neighbours of the rank; `tolerance` takes
    a value and returns how far off it may be.
    """
    ordered = sorted(samples)
    rank = math.ceil(q * len(ordered)) - 1
    low, high = ordered[max(0, rank - 1)], ordered[min(len(ordered) - 1, rank + 1)]
    return low - tolerance(low), high + tolerance(high)
