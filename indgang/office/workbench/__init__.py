"""The workbench: all variants of a figure over the same days, before an agreement adopts one."""
