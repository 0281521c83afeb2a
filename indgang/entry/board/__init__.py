"""The board: everything that is going on with callers and agents right now, and what follows from each new thing.

Pure: no Django, no clock, no I/O. It is told of reports from the exchanges, orders from people and the passing of
time, and answers with an `Outcome`: what to write down, and then what to order the exchanges to do. The process around
it (`entry.switchboard`) writes first and orders afterwards, so that nothing happens that was not written.

`state` what is known of calls and desks; `plan` how the house is set up; `board` the door; the other modules each
hold one part of a call's life.
"""
