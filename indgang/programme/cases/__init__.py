"""Business cases: lines of money over years, from named assumptions ([how](../../../docs/algorithms/businesscase.md)).

Pure. Amounts are in 1,000 kr. at the case's price level; savings are negative (R-340)."""
