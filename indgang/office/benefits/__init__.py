"""Benefit contracts: plan against realised, a contract and its months, and the case computed again."""
