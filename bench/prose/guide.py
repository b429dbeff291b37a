"""The guide to a page: how to read it, and what its terms mean."""

from __future__ import annotations

SUMMARY = "How to read this page"

READING = (
    (
        "Regret",
        "Regret is the distance between the best score found and the best score known. It is "
        "normalised: 0 is the best score known, 1 the median of one random draw, and lower is "
        "better.",
    ),
    (
        "Curve",
        "A curve shows the mean regret after each number of trials. The "
        "band is a 95 % interval. Curves whose bands overlap may still differ significantly, "
        "because strategies are compared within repetitions.",
    ),
    (
        "Group",
        "No two strategies of one group differ significantly on this problem set. Groups are "
        "numbered by mean rank. Strategies of different groups may not differ "
        "significantly either: the table of pairs has each test.",
    ),
    (
        "Leads",
        "No strategy is significantly better than the one that leads, which is significantly "
        "better than the largest number of others, random search among them. Another may have the "
        "lowest mean rank.",
    ),
)
"""What is read -> how; about forty words each."""

TERMS = {
    "IQM": "Interquartile mean: the mean of the middle half of the runs' regrets.",
    "AUC": (
        "Area under the curve of regret against the logarithm of the trials, divided by the width "
        "of the axis."
    ),
    "ROPE": (
        "Region of practical equivalence: differences inside the region are too small to matter."
    ),
    "Holm's correction": (
        "Holm's correction raises p-values, so that all tests together make a false finding with a "
        "probability of at most 0.05."
    ),
    "Friedman's test": (
        "Friedman's test asks whether any strategy differs from the others, from their ranks on "
        "each data set."
    ),
    "Iman and Davenport's F": (
        "Iman and Davenport's F (1980) is a more sensitive form of Friedman's statistic."
    ),
    "Wilcoxon's signed-rank test": (
        "Wilcoxon's signed-rank test asks whether one of two strategies is better, from the size "
        "and the sign of their difference on each data set."
    ),
    "power of 0.8": (
        "A test has a power of 0.8 for a difference if it finds a true difference of this size in "
        "80 % of such sweeps."
    ),
}
"""Term -> what it means, as the page explains it where it is used."""
