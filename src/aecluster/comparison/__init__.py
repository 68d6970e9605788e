"""What all variants say together: tables, statistics, costs, order."""
