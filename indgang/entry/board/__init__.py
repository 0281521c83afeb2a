"""The board: the live state of callers and agents, and the consequences of each new input.

Pure: no Django, no clock, no I/O. Its inputs are reports of the exchanges, orders of people and the passing of time.
It answers each with an outcome: the events to write, and then the orders for the exchanges. The process around
it (`entry.switchboard`) writes first and orders afterwards, so that nothing happens without a record.

`routing.centre`, which knows no telephones, decides who waits, who is free and who gets which offer. The modules
here carry calls. `board` is the entry point, `call` describes one call, `calls` holds all calls and telephones, and
`carriers` implements the centre's carriers; each of the other modules handles one part of a call's life.
"""
