"""The log of who did what, written in the transaction of the deed and chained after commit."""
