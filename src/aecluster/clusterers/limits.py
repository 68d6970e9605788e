"""How many rows clusterers take; read while the workflow is parsed, so nothing is imported here."""

# Of a method that keeps something for each pair of rows: some 2 to 4 GB of so many.
MOST_PAIRED = 20_000
