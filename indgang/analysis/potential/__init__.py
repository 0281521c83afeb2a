"""Channel potential: which enquiries the website, a contact centre or a case worker would answer, by rules.

Pure; it works on columns of millions of rows ([how](../../../docs/algorithms/potential.md))."""
