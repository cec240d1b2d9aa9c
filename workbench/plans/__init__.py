"""What was asked for → what will run, checked; and its execution."""
