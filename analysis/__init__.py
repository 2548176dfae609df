"""The numbers behind planning: who can reach which service, what a change would do, where to add one more.

Arrays and dataclasses go in, the same come out. Nothing here knows Django, a database or the clock, and
nothing is imported from this package until it is asked for: numba, HiGHS and scipy load with the first
computation that needs them.

=================  =====================================================================================
`cost`             how far: pairs within a limit from coordinates, a road graph or a table of times
`decay`            how the willingness to travel falls with that distance
`reach`            availability: cumulative, nearest, gravity, floating catchments, rational agents
`inequality`       Gini, Palma, shares of people under and within a threshold
`whatif`           close, open, move, enlarge: new availability at once, with undo
`placement`        where to add: p-median, coverage, covering, p-center, with bound and gap
`projection`       people by age in the years to come, and the need that follows
=================  =====================================================================================

The methods are explained in docs/analysis.md.
"""
