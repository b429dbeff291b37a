"""What the statistics of a report do where the truth is known: `make simulations` finds it again.

Each module is one simulation, a function from a number of sweeps to a frame; the CSV file of its
name beside it is what it found. A report states the numbers of these files.
"""
