"""What each step left behind: its record, its progress, and what can be read off them."""
